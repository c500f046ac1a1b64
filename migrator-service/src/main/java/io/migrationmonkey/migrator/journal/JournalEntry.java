package io.migrationmonkey.migrator.journal;

import io.migrationmonkey.migrator.plan.Step;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a migration's journal.
 *
 * @param at when
 * @param kind what it tells
 * @param step the step it belongs to, null for what belongs to the whole migration
 * @param text for people
 * @param facts for the receipt and for a migrator that has to go on from here
 */
public record JournalEntry(
    Instant at, Kind kind, @Nullable Step step, String text, Map<Fact, String> facts) {

  /** Stands for a line that no migrator wrote, whatever it says. */
  static final JournalEntry FORGED =
      new JournalEntry(
          Instant.EPOCH, Kind.FORGED, null, "this line was not written by a migrator", Map.of());

  /** What an entry tells. */
  public enum Kind {
    ORDERED,
    STARTED,
    PROGRESS,
    DONE,
    FAILED,
    ABORT_ORDERED,
    ROLLING_BACK,
    ENDED,
    /** The old server came back after the migration had ended without it. */
    READMITTED,
    /** No migrator wrote this line. */
    FORGED
  }

  /** What the receipt is made of. */
  public enum Fact {
    TRIGGER,
    FROM,
    TO,
    REASON,
    /** Who ordered it. */
    BY,
    DRY_RUN,
    /** Whether room and cool-down were overridden. */
    FORCE,
    COURSE,
    /** The epoch that a flip must find. */
    EPOCH_BEFORE,
    STATE,
    PROBLEM,
    BOOT_ID_BEFORE,
    BOOT_ID_AFTER,
    PACKAGES_TO_INSTALL,
    PACKAGES,
    PACKAGES_INSTALLED,
    DATA_BYTES,
    BYTES_COPIED,
    DIGEST,
    REQUESTS_HELD,
    LONGEST_STALL_MS,
    SWITCH,
    EPOCH
  }
}
