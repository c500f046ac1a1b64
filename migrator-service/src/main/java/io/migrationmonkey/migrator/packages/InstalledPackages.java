package io.migrationmonkey.migrator.packages;

import java.util.List;
import java.util.Set;

/**
 * What one server has installed.
 *
 * @param auto which of them only came because others need them, as {@code name:architecture}
 */
record InstalledPackages(List<DebianPackage> packages, Set<String> auto) {}
