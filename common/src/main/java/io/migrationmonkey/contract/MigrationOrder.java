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
 * @param force override the cool-down after an automatic migration; false when null
 */
public record MigrationOrder(
    @Nullable ServerName from,
    @Nullable String reason,
    @Nullable Trigger trigger,
    @Nullable Boolean dryRun,
    @Nullable Boolean force) {

  /** Who asked for a migration. */
  public enum Trigger {
    @JsonProperty("hand")
    HAND,
    @JsonProperty("monitor")
    MONITOR
  }
}
