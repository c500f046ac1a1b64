package io.migrationmonkey.monitor.memory;

import java.time.Instant;

/**
 * How much memory this server had, and how much of it was in use, at one moment.
 *
 * @param at when it was read
 * @param totalBytes the memory there is: the host's, or the container's limit where that is tighter
 * @param usedBytes what of it can't be reclaimed
 * @param source where the figures come from, in words
 */
public record MemoryReading(Instant at, long totalBytes, long usedBytes, String source) {

  public MemoryReading {
    if (totalBytes <= 0 || usedBytes < 0) {
      throw new IllegalArgumentException(
          "no memory looks so: %d of %d bytes used, says %s"
              .formatted(usedBytes, totalBytes, source));
    }
  }

  /** Used over total, 0 to 1. */
  public double usedRatio() {
    return (double) usedBytes / totalBytes;
  }
}
