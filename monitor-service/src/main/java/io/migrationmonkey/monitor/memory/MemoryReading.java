package io.migrationmonkey.monitor.memory;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How much memory this server had, and how much of it was in use, at one moment.
 *
 * @param at when it was read, by a clock that nobody sets
 * @param totalBytes the memory there is: the host's, or the container's limit where less is left of
 *     that
 * @param usedBytes what of it can't be reclaimed
 * @param source where the figures come from, in words
 * @param signals what else could be read
 */
public record MemoryReading(
    Instant at, long totalBytes, long usedBytes, String source, Map<Signal, Figure> signals) {

  public MemoryReading {
    if (totalBytes <= 0 || usedBytes < 0) {
      throw new IllegalArgumentException(
          "no memory looks so: %d of %d bytes used, says %s"
              .formatted(usedBytes, totalBytes, source));
    }
  }

  /** A reading of nothing else. */
  public MemoryReading(Instant at, long totalBytes, long usedBytes, String source) {
    this(at, totalBytes, usedBytes, source, Map.of());
  }

  /** Used over total, 0 to 1. */
  public double usedRatio() {
    return (double) usedBytes / totalBytes;
  }

  public long availableBytes() {
    return totalBytes - usedBytes;
  }

  /** A signal's value; empty where it can't be read. */
  public OptionalLong value(Signal signal) {
    Figure figure = signals.get(signal);
    return figure == null ? OptionalLong.empty() : OptionalLong.of(figure.value());
  }
}
