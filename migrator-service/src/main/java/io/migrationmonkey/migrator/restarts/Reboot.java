package io.migrationmonkey.migrator.restarts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.contract.ServerName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A reboot of one server.
 *
 * @param id of the reboot, or of the migration that does it on its way
 * @param by who ordered it
 * @param bootIdBefore null where a migration does it, which looks for itself
 * @param bootIdAfter another one, which proves it
 * @param problem why it failed, with what to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Reboot(
    String id,
    ServerName server,
    State state,
    String reason,
    String by,
    Instant orderedAt,
    @Nullable Instant endedAt,
    @Nullable String bootIdBefore,
    @Nullable String bootIdAfter,
    @Nullable String problem) {

  /** How it stands. */
  public enum State {
    RUNNING,
    SUCCEEDED,
    FAILED
  }

  public Reboot succeeded(Instant at, @Nullable String before, @Nullable String after) {
    return new Reboot(id, server, State.SUCCEEDED, reason, by, orderedAt, at, before, after, null);
  }

  public Reboot failed(Instant at, String why) {
    return new Reboot(id, server, State.FAILED, reason, by, orderedAt, at, bootIdBefore, null, why);
  }
}
