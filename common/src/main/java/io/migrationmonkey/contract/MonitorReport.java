package io.migrationmonkey.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor says of its server: JSON under {@link #key}, written at every reading, gone {@link
 * #TTL} after the last word.
 *
 * @param server whose report it is
 * @param bootId of the running kernel, from /proc/sys/kernel/random/boot_id
 * @param totalBytes the memory there is: the host's, or the container's limit where that is tighter
 * @param usedBytes what of it can't be reclaimed
 * @param verdict {@code calm}, {@code strained} or {@code exhausted}
 * @param reason the verdict in words
 * @param at when it was written, by the server's clock
 * @param exhaustedAtBytes with so much used for a while the verdict is exhausted; null from a
 *     monitor that is older than this field
 * @param stalledMicros for how long some task has waited for memory since the boot; null where the
 *     kernel does not tell
 */
public record MonitorReport(
    ServerName server,
    String bootId,
    long totalBytes,
    long usedBytes,
    Verdict verdict,
    String reason,
    Instant at,
    @Nullable Long exhaustedAtBytes,
    @Nullable Long stalledMicros) {

  /** A report that says neither where the end is nor who waits. */
  public MonitorReport(
      ServerName server,
      String bootId,
      long totalBytes,
      long usedBytes,
      Verdict verdict,
      String reason,
      Instant at) {
    this(server, bootId, totalBytes, usedBytes, verdict, reason, at, null, null);
  }

  public static final Duration TTL = Duration.ofSeconds(5);

  public static String key(ServerName server) {
    return "monitor:report:" + server;
  }

  /** Used over total, 0 to 1. */
  public double usedRatio() {
    return (double) usedBytes / totalBytes;
  }

  /** What a monitor makes of its readings, the worst last. */
  public enum Verdict {
    @JsonProperty("calm")
    CALM,
    /** It may come to a move: the standby should be ready. */
    @JsonProperty("strained")
    STRAINED,
    @JsonProperty("exhausted")
    EXHAUSTED
  }
}
