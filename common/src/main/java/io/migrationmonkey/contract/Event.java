package io.migrationmonkey.contract;

import java.time.Instant;

/**
 * Something that happened and that somebody may ask about later: JSON in the list {@link #KEY}, the
 * newest first.
 *
 * @param by who did it
 * @param what happened
 * @param text the reason, or the circumstances
 */
public record Event(Instant at, String by, What what, String text) {

  /** The list of them. */
  public static final String KEY = "migration:events";

  /** So many are remembered. */
  public static final int REMEMBERED = 1000;

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
    SWITCHED_BY_HAND,
    /** Restart Monkey started the application on the active server. */
    RESTARTED,
    /** Restart Monkey stopped the application where it must not run. */
    STOPPED_ON_STANDBY,
    /** Restart Monkey's restarts were in vain, so a migration is wanted. */
    RESTARTS_IN_VAIN,
    REBOOT_ORDERED,
    REBOOTED,
    REBOOT_FAILED
  }
}
