package io.migrationmonkey.migrator.parity;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.contract.ServerName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well the standby could take over now.
 *
 * @param ready nothing stands in the way, and only the last changes would have to move
 * @param reasons why it is not ready, in words; empty when it is
 * @param data how old the standby's copy is
 * @param read what the latest look at both servers found, null before there was one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ParityReport(
    boolean ready,
    List<String> reasons,
    ServerName active,
    ServerName standby,
    Data data,
    @Nullable ParityReading read,
    Warm warm) {

  /**
   * The copy.
   *
   * @param copiedAt the standby has all data as it was then; null when no copy is known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Data(@Nullable Instant copiedAt, @Nullable Long ageSeconds) {}

  /**
   * Warm runs.
   *
   * @param every the setting
   * @param underWay the id of the run under way, null when there is none
   * @param next when the next comes, or why none comes, in words
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Warm(
      String every, @Nullable String underWay, String next, @Nullable WarmRun last) {}
}
