package io.migrationmonkey.monitor.pressure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When memory will be used up if it goes on as it went.
 *
 * <p>A rise counts when all four quarters of the time show it, so that one jump does not make it,
 * and it is as fast as its latter half. It is believed only a few times as far ahead as it has been
 * seen, and the shorter it has been seen the nearer to the end it must be: what grows within
 * seconds is mostly a burst, and where it is not, a move would come too late anyway. A rise within
 * heights that memory has come back from before is no news: what collects garbage lives like that.
 * There the heights themselves are watched.
 *
 * @param bytesPerSecond how fast it grows
 * @param seenSeconds for how long it has
 * @param secondsLeft until the ceiling
 * @param crests true when it is the heights that grow
 */
record Forecast(double bytesPerSecond, double seenSeconds, double secondsLeft, boolean crests) {

  /** A rise seen for a second is believed two seconds ahead. */
  static final double REACH = 2;

  private static final double[] SPANS = {1, 2, 4, 8, 16, 32, 64, 115};

  /** Below this share of all there is, a rise that was seen for so many seconds is no concern. */
  private static final double[][] COUNTS_ABOVE = {
    {60, 0.60}, {30, 0.70}, {15, 0.78}, {7, 0.85}, {0, 0.90}
  };

  private static final double HEIGHTS_COUNT_ABOVE = 0.70;

  /** Whoever has watched for less does not know what is usual here. */
  private static final double ACQUAINTED_SECONDS = 120;

  private static final double NEAR_THE_END = 0.90;

  /** What grew by less is noise. */
  private static final double LEAST_GROWTH = 0.015;

  private static final int QUARTERS = 4;
  private static final int POINTS = 5;

  /** Of the whole growth, from one quarter to the next; an even rise has a third. */
  private static final double LEAST_SHARE = 0.20;

  /** Memory has come back when it has fallen by this share of all there is. */
  private static final double FALL = 0.04;

  /** So much of the swing above the highest crest is still the same swing. */
  private static final double SWING = 0.25;

  /** Heights say something where memory comes back again and again. */
  private static final int FEWEST_RETURNS = 3;

  private static final int FEWEST_SPELLS = 18;

  /** What is left at the ceiling soonest, of all that can be believed; null where nothing grows. */
  static @Nullable Forecast of(Window window, double total, double ceiling) {
    if (window.size() < QUARTERS) {
      return null;
    }
    double now = window.used(window.size() - 1);
    Crest crest = Crest.of(window, total);
    Forecast soonest = null;
    if (now > crest.height + SWING * crest.swing) {
      for (double span : SPANS) {
        soonest = sooner(soonest, rise(window, span, total, ceiling));
      }
    }
    return crest.returns < FEWEST_RETURNS
        ? soonest
        : sooner(soonest, crests(window, total, ceiling));
  }

  /** The latest two readings alone: no forecast, but reason enough to look more often. */
  static double secondsLeftAtTheLatestStep(Window window, double ceiling) {
    int last = window.size() - 1;
    if (last < 1) {
      return Double.POSITIVE_INFINITY;
    }
    double grown = window.used(last) - window.used(last - 1);
    double took = window.time(last) - window.time(last - 1);
    return grown <= 0 || took <= 0
        ? Double.POSITIVE_INFINITY
        : (ceiling - window.used(last)) / (grown / took);
  }

  private static @Nullable Forecast sooner(@Nullable Forecast one, @Nullable Forecast other) {
    return one == null || (other != null && other.secondsLeft < one.secondsLeft) ? other : one;
  }

  private static @Nullable Forecast rise(Window window, double span, double total, double ceiling) {
    int from = window.since(span);
    int last = window.size() - 1;
    double seen = window.time(last) - window.time(from);
    double now = window.used(last);
    if (seen < span * 0.75 || now < total * countsAbove(window, seen)) {
      return null;
    }
    double[] quarters = quarters(window, from, seen);
    double grown = quarters[3] - quarters[0];
    for (int i = 1; i < QUARTERS; i++) {
      if (quarters[i] - quarters[i - 1] < grown * LEAST_SHARE) {
        return null;
      }
    }
    if (grown < total * LEAST_GROWTH) {
      return null;
    }
    double slope = Math.min(grown / (seen * 3 / 4), (quarters[3] - quarters[1]) / (seen / 2));
    double secondsLeft = Math.max(0, ceiling - now) / slope;
    return secondsLeft <= seen * REACH ? new Forecast(slope, seen, secondsLeft, false) : null;
  }

  private static double countsAbove(Window window, double seen) {
    if (window.rowSeconds() < ACQUAINTED_SECONDS) {
      return NEAR_THE_END;
    }
    for (double[] row : COUNTS_ABOVE) {
      if (seen >= row[0]) {
        return row[1];
      }
    }
    return NEAR_THE_END;
  }

  /** The median of each quarter of the time, by time: readings may come thick and thin. */
  private static double[] quarters(Window window, int from, double seen) {
    double[] medians = new double[QUARTERS];
    double[] points = new double[POINTS];
    int index = from;
    for (int quarter = 0; quarter < QUARTERS; quarter++) {
      for (int point = 0; point < POINTS; point++) {
        double share = (quarter * POINTS + point + 1.0) / (QUARTERS * POINTS);
        double time = window.time(from) + seen * share + 1e-6;
        while (index + 1 < window.size() && window.time(index + 1) <= time) {
          index++;
        }
        points[point] = window.used(index);
      }
      Arrays.sort(points);
      medians[quarter] = points[POINTS / 2];
    }
    return medians;
  }

  /**
   * The heights of three equal parts of the last minutes, each higher than the one before: a jump
   * would raise one alone.
   */
  private static @Nullable Forecast crests(Window window, double total, double ceiling) {
    int spells = window.spells() - 1; // the latest is not over
    if (spells < FEWEST_SPELLS) {
      return null;
    }
    double early = highest(window, 0, spells / 3);
    double middle = highest(window, spells / 3, spells * 2 / 3);
    double late = highest(window, spells * 2 / 3, spells);
    double grown = late - early;
    boolean steady = middle - early > grown / 4 && late - middle > grown / 4;
    if (grown < total * 0.02 || !steady || late < total * HEIGHTS_COUNT_ABOVE) {
      return null;
    }
    double seen = spells * Window.SPELL_SECONDS;
    double slope = Math.min(grown / (seen * 2 / 3), (late - middle) / (seen / 3));
    return new Forecast(slope, seen, Math.max(0, ceiling - late) / slope, true);
  }

  private static double highest(Window window, int from, int to) {
    double highest = 0;
    for (int spell = from; spell < to; spell++) {
      highest = Math.max(highest, window.high(spell));
    }
    return highest;
  }

  /**
   * The highest that memory has come back from in the last minutes.
   *
   * @param height 0 when it has not come back from anything
   * @param swing how far down it came at once, at most
   * @param returns how often it came back
   */
  private record Crest(double height, double swing, int returns) {

    static Crest of(Window window, double total) {
      double fall = total * FALL;
      double height = 0;
      double swing = 0;
      int returns = 0;
      double peak = 0;
      double trough = 0;
      for (int spell = 0; spell < window.spells(); spell++) {
        double low = window.low(spell);
        if (low < peak - fall) {
          // From near the end memory comes back when something was killed: nobody lives like that.
          height = peak < total * NEAR_THE_END ? Math.max(height, peak) : height;
          swing = Math.max(swing, peak - low);
          returns++;
          trough = low;
          peak = 0;
        } else {
          if (window.high(spell) > trough + fall) {
            peak = Math.max(peak, window.high(spell));
          }
          trough = Math.min(trough, low);
        }
      }
      return new Crest(height, height == 0 ? 0 : swing, returns);
    }
  }
}
