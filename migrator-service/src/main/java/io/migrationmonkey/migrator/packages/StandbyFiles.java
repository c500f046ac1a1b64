package io.migrationmonkey.migrator.packages;

import java.util.Map;
import java.util.Set;

/**
 * What the standby has at the same places.
 *
 * @param sha256 by path, of those that are there
 * @param original configuration files that are as their package brought them
 * @param agreed the SHA-256 by path of what was the same on both servers when last looked
 */
record StandbyFiles(Map<String, String> sha256, Set<String> original, Map<String, String> agreed) {}
