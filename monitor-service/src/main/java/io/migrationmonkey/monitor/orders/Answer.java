package io.migrationmonkey.monitor.orders;

import java.net.URI;

/** What came of a move. */
sealed interface Answer {

  /** 202: the migration is at that location. */
  record Accepted(URI location) implements Answer {}

  /** 409: another one runs, or the switch has just moved. */
  record Busy(String problem) implements Answer {}

  /** Any other 4xx: asking again at once would give the same answer. */
  record Refused(String problem) implements Answer {}

  /** No answer, or one that says nothing. */
  record Failed(String problem) implements Answer {}

  /** The migration has not ended. */
  record Running() implements Answer {}

  /** The migration has ended, or the migrator does not know it any more. */
  record Ended(String how) implements Answer {}
}
