package io.migrationmonkey.monitor.watch;

import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.pressure.Judgement;
import java.time.Instant;

/** What one look at the memory gave. */
public sealed interface Sighting {

  Instant at();

  /** The memory was read and judged. */
  record Seen(MemoryReading reading, Judgement judgement) implements Sighting {
    @Override
    public Instant at() {
      return reading.at();
    }
  }

  /**
   * The memory could not be read: nothing is known about it now.
   *
   * @param why in words
   */
  record Unread(Instant at, String why) implements Sighting {}
}
