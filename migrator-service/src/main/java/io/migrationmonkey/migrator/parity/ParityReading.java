package io.migrationmonkey.migrator.parity;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.contract.ServerName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at both servers found. What could not be read is null, and {@code problems} says why.
 *
 * @param at when
 * @param active the server that was active
 * @param problems what stands in the way of a migration, in words
 * @param unsafe those of them for which the standby must not be written to now
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ParityReading(
    Instant at,
    ServerName active,
    @Nullable Packages packages,
    @Nullable Disk disk,
    @Nullable Memory memory,
    List<String> accountClashes,
    List<String> problems,
    List<String> unsafe) {

  /** True when it is known that writing to the standby would harm nothing there. */
  public boolean safeToWarm() {
    return unsafe.isEmpty() && disk != null;
  }

  /**
   * The standby's packages beside those of the active server, as apt spells them.
   *
   * @param missing on the standby
   * @param different older on the standby
   * @param newer on the standby, where they stay so
   * @param extra names of packages that only the standby has
   * @param same how many are the same
   */
  public record Packages(
      List<String> missing,
      List<String> different,
      List<String> newer,
      List<String> extra,
      int same) {}

  /** The standby's disk, and what the data takes on the active server. */
  public record Disk(long freeBytes, long dataBytes, boolean fits) {}

  /**
   * The standby's memory, as its monitor reports it.
   *
   * @param neededBytes what the application uses on the active server, and the margin; null where
   *     that is not known
   * @param reason the monitor's verdict in words
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Memory(
      long totalBytes,
      long usedBytes,
      @Nullable Long neededBytes,
      boolean fits,
      boolean calm,
      String reason) {}
}
