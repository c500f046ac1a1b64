package io.migrationmonkey.lab.load;

import java.time.Duration;

/**
 * How many use the application, and how eagerly.
 *
 * @param pace from the start of one request to the start of the next of the same user; a user whose
 *     request took longer goes on at once and makes up for nothing
 * @param deadline how long a user waits for an answer before calling it a failure
 */
public record LoadPlan(int readers, int writers, Duration pace, Duration deadline) {

  /** Four readers and four writers, together 40 requests a second. */
  public static LoadPlan moderate() {
    return new LoadPlan(4, 4, Duration.ofMillis(200), Duration.ofMinutes(2));
  }
}
