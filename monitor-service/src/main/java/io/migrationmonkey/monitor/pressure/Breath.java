package io.migrationmonkey.monitor.pressure;

/**
 * How memory comes and goes here by itself: the crests that it has come back from in the last ten
 * minutes, as what collects garbage has them. Of a fixed size.
 */
final class Breath {

  static final double REMEMBERED_SECONDS = 600;

  /** Memory has come back when it has fallen by this share of all there is. */
  private static final double FALL = 0.04;

  private static final int MOST = 256;

  private final double[] crestAt = new double[MOST];
  private final double[] crest = new double[MOST];

  /** The lowest after each crest. */
  private final double[] trough = new double[MOST];

  private int first;
  private int crests;

  private boolean falling;
  private double peak;
  private double peakAt;

  /** Begins anew. */
  void forget() {
    first = 0;
    crests = 0;
    falling = false;
    peak = 0;
  }

  void add(double now, double used, double total) {
    double fall = total * FALL;
    if (falling) {
      int latest = at(crests - 1);
      trough[latest] = Math.min(trough[latest], used);
      if (used > trough[latest] + fall) {
        falling = false;
        peak = used;
        peakAt = now;
      }
    } else if (used >= peak) {
      peak = used;
      peakAt = now;
    } else if (used < peak - fall) {
      falling = true;
      comeBack(used);
    }
    // The latest stays: it says where the present rise began.
    while (crests > 1 && now - crestAt[first] > REMEMBERED_SECONDS) {
      first = (first + 1) % MOST;
      crests--;
    }
  }

  private void comeBack(double used) {
    if (crests == MOST) {
      first = (first + 1) % MOST;
      crests--;
    }
    int latest = at(crests);
    crests++;
    crestAt[latest] = peakAt;
    crest[latest] = peak;
    trough[latest] = used;
  }

  private int at(int index) {
    return (first + index) % MOST;
  }

  /** How often it came back. */
  int crests() {
    return crests;
  }

  /** The first crest that is no older. */
  int since(double time) {
    int index = 0;
    while (index < crests && crestAt[at(index)] < time) {
      index++;
    }
    return index;
  }

  double height(int index) {
    return crest[at(index)];
  }

  /** What it came back to. */
  double foot(int index) {
    return trough[at(index)];
  }

  /** How far it came back. */
  double fall(int index) {
    return height(index) - foot(index);
  }
}
