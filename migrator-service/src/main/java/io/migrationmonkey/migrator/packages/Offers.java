package io.migrationmonkey.migrator.packages;

import java.util.Map;
import java.util.Set;

/**
 * What the repositories of a server offer, as far as its lists know.
 *
 * @param architecture the server's own
 * @param versions by name, or by name and architecture where that is a foreign one
 */
record Offers(String architecture, Map<String, Set<String>> versions) {

  /** Whether there are no lists at all, and thus nothing is known. */
  boolean unknown() {
    return versions.isEmpty();
  }

  boolean has(DebianPackage p) {
    return versionsOf(p).contains(p.version());
  }

  boolean hasAnotherVersionOf(DebianPackage p) {
    return !has(p) && !versionsOf(p).isEmpty();
  }

  private Set<String> versionsOf(DebianPackage p) {
    boolean foreign = !Set.of("all", architecture).contains(p.architecture());
    return versions.getOrDefault(foreign ? p.key() : p.name(), Set.of());
  }
}
