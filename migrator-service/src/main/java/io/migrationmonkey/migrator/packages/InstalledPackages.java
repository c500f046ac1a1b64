package io.migrationmonkey.migrator.packages;

import java.util.List;
import java.util.Set;

/**
 * What one server has installed.
 *
 * @param release of the distribution, such as {@code debian 12}
 * @param architecture its own
 * @param foreign the other ones whose packages it takes
 * @param auto which of them only came because others need them, as {@code name:architecture}
 * @param held which of them shall stay at their version, likewise
 */
record InstalledPackages(
    String release,
    String architecture,
    Set<String> foreign,
    List<DebianPackage> packages,
    Set<String> auto,
    Set<String> held) {}
