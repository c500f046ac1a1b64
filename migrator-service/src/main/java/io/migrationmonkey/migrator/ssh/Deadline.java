package io.migrationmonkey.migrator.ssh;

import java.time.Duration;

/** A point in time by which something has to be over. */
final class Deadline {

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  static Deadline after(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos());
  }

  /** What is left, in milliseconds; 0 when it has passed. */
  long remainingMillis() {
    return Math.max(0, (nanoTime - System.nanoTime()) / 1_000_000);
  }
}
