package io.migrationmonkey.migrator.journal;

import java.time.Instant;

/**
 * Something that happened and that somebody may ask about later.
 *
 * @param by who did it
 * @param what happened
 * @param text the reason, or the circumstances
 */
public record Event(Instant at, String by, What what, String text) {

  /** The kinds of events. */
  public enum What {
    ORDERED,
    ABORT_ORDERED,
    ROLLING_BACK,
    ENDED,
    READMITTED,
    FENCED,
    PAUSED,
    RESUMED,
    SWITCHED_BY_HAND
  }
}
