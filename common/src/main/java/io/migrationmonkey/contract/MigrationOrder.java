package io.migrationmonkey.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/migrations}: move the application off the active server.
 *
 * @param from the server to leave; null means whichever is active. An order that names the standby
 *     is refused, so that a late order does not move the application back
 * @param reason in words; required
 * @param trigger who asks: {@code hand} when null
 * @param dryRun check and plan, change nothing; false when null
 * @param force override the room that the standby must have and the cool-down, for which the reason
 *     stands; false when null
 * @param by who asks; null means the trigger's word
 */
public record MigrationOrder(
    @Nullable ServerName from,
    @Nullable String reason,
    @Nullable Trigger trigger,
    @Nullable Boolean dryRun,
    @Nullable Boolean force,
    @Nullable String by) {

  /** An order that does not say who asks. */
  public MigrationOrder(
      @Nullable ServerName from,
      @Nullable String reason,
      @Nullable Trigger trigger,
      @Nullable Boolean dryRun,
      @Nullable Boolean force) {
    this(from, reason, trigger, dryRun, force, null);
  }

  /** Who asked for a migration. */
  public enum Trigger {
    @JsonProperty("hand")
    HAND,
    @JsonProperty("monitor")
    MONITOR,
    /** A reboot that was due. */
    @JsonProperty("schedule")
    SCHEDULE
  }
}
