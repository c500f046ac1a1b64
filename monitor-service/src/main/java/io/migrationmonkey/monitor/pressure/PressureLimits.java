package io.migrationmonkey.monitor.pressure;

import java.time.Duration;

/**
 * When memory counts as strained, and when as exhausted.
 *
 * @param exhaustedRatio used over total, 0 to 1: servers die before all of it is used
 * @param strainedRatio the same, for strained
 * @param availableBytes with more than this available no ratio counts: a share of much is much
 * @param sustained how long a ratio must be reached
 * @param stalledShare of the time in which some task waits for memory: strained
 * @param lookAhead how far ahead a rise counts at least, however short a move is
 * @param move how long a move takes while none has told
 * @param margin times what the last moves took
 */
public record PressureLimits(
    double exhaustedRatio,
    double strainedRatio,
    long availableBytes,
    Duration sustained,
    double stalledShare,
    Duration lookAhead,
    Duration move,
    double margin) {

  /** What holds where nobody has set anything. */
  public static final PressureLimits DEFAULT =
      new PressureLimits(
          0.95,
          0.85,
          2L << 30,
          Duration.ofSeconds(10),
          0.20,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          1.5);

  /** So much must be used before a ratio counts as exhausted. */
  public long exhaustedAtBytes(long totalBytes) {
    return Math.max(Math.round(exhaustedRatio * totalBytes), totalBytes - availableBytes);
  }
}
