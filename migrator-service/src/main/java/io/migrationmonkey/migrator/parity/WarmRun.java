package io.migrationmonkey.migrator.parity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.migrationmonkey.contract.ServerName;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a warm run.
 *
 * @param from the server that was active
 * @param epoch of the switch then
 * @param text what was done, or why not
 * @param failures how many in a row have failed, this one included
 * @param copiedAt the standby has all data of the active server as it was then; null when no
 *     complete copy is known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WarmRun(
    String id,
    ServerName from,
    long epoch,
    Instant startedAt,
    Instant endedAt,
    Outcome outcome,
    String text,
    int failures,
    @Nullable Instant copiedAt) {

  /** How it ended. */
  public enum Outcome {
    /** Packages and data are there. */
    @JsonProperty("complete")
    COMPLETE,
    /** The data is there, the packages are not. */
    @JsonProperty("partial")
    PARTIAL,
    /** It could not be done. */
    @JsonProperty("failed")
    FAILED,
    /** It gave way to a migration, or its migrator stopped. */
    @JsonProperty("preempted")
    PREEMPTED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** True when it warmed the server that stands by now. */
  public boolean isFor(ServerName active, long epoch) {
    return from == active && this.epoch == epoch;
  }
}
