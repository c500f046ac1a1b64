package io.migrationmonkey.monitor.watch;

import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The readings of the last hour, to be kept and judged again: lines of comma separated values, of
 * which one that could not be read is empty. A line without any is a look that failed.
 */
public final class Trace implements Consumer<Sighting> {

  static final int READINGS = 3600;

  private static final Signal[] SIGNALS = Signal.values();
  private static final int WIDTH = 3 + SIGNALS.length;
  private static final long ABSENT = Long.MIN_VALUE;

  private final long[] ring = new long[READINGS * WIDTH];
  private int first;
  private int size;
  private @Nullable Instant began;

  @Override
  public synchronized void accept(Sighting sighting) {
    if (began == null) {
      began = sighting.at();
    }
    if (size == READINGS) {
      first = (first + 1) % READINGS;
      size--;
    }
    int at = (first + size) % READINGS * WIDTH;
    size++;
    Arrays.fill(ring, at, at + WIDTH, ABSENT);
    ring[at] = Duration.between(began, sighting.at()).toMillis();
    if (sighting instanceof Sighting.Seen(MemoryReading reading, var _)) {
      ring[at + 1] = reading.totalBytes();
      ring[at + 2] = reading.usedBytes();
      for (int i = 0; i < SIGNALS.length; i++) {
        OptionalLong value = reading.value(SIGNALS[i]);
        ring[at + 3 + i] = value.orElse(ABSENT);
      }
    }
  }

  /**
   * Writes all of it, the oldest first, under a line with the names. Whoever reads it slowly keeps
   * nobody from looking at the memory, and no more than a copy of the numbers is held for it.
   */
  public void write(Appendable out) throws IOException {
    StringBuilder line = new StringBuilder("millis,total,used");
    for (Signal signal : SIGNALS) {
      line.append(',').append(signal.label());
    }
    out.append(line).append('\n');
    long[] readings = readings();
    for (int at = 0; at < readings.length; at += WIDTH) {
      line.setLength(0);
      for (int column = 0; column < WIDTH; column++) {
        line.append(column == 0 ? "" : ",");
        if (readings[at + column] != ABSENT) {
          line.append(readings[at + column]);
        }
      }
      out.append(line).append('\n');
    }
  }

  private synchronized long[] readings() {
    long[] copy = new long[size * WIDTH];
    int untilTheEnd = Math.min(size, READINGS - first);
    System.arraycopy(ring, first * WIDTH, copy, 0, untilTheEnd * WIDTH);
    System.arraycopy(ring, 0, copy, untilTheEnd * WIDTH, (size - untilTheEnd) * WIDTH);
    return copy;
  }
}
