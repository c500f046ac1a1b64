package io.migrationmonkey.monitor.orders;

import java.net.URI;

/** What to do next. */
sealed interface Move {

  /** Nothing now. */
  record Wait() implements Move {}

  /** Order a migration from the migrator. */
  record Order(String key) implements Move {}

  /** See how the migration goes. */
  record Look(URI location) implements Move {}
}
