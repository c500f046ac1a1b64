package io.migrationmonkey.lab;

/**
 * How fast the application should leak: the nearer the threshold, the slower. So memory really runs
 * out, quickly, and yet the migration is over before the kernel kills.
 */
final class LeakRate {

  /** MB a second far from the threshold. */
  static final int FAST = 24;

  /** MB a second at the threshold and beyond. */
  static final int SLOW = 1;

  private static final double SECONDS_TO_GO = 3;

  private LeakRate() {}

  /** The next rate in MB a second for a server that has used so much of its memory. */
  static int next(double usedRatio, double threshold, long totalBytes) {
    double missing = (threshold - usedRatio) * totalBytes / (1 << 20);
    return (int) Math.clamp(Math.round(missing / SECONDS_TO_GO), SLOW, FAST);
  }
}
