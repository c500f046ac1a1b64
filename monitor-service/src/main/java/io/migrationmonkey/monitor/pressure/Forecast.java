package io.migrationmonkey.monitor.pressure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When memory will be used up if it goes on as it went.
 *
 * <p>A rise counts when all four quarters of the time show it, so that one jump does not make it,
 * and it is as fast as its latter half. It is believed only a few times as far ahead as it has been
 * seen, and the shorter it has been seen the nearer to the end it must be: what grows within
 * seconds is mostly a burst, and where it is not, a move would come too late anyway.
 *
 * <p>What collects garbage rises all day and comes back. So a rise is seen only from where it is
 * more than what memory has come back from before: higher than the crests, and further above its
 * foot than it ever fell. Of such a server the crests are watched beside that.
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

  /** Whoever has watched for less does not know what is usual here. */
  private static final double ACQUAINTED_SECONDS = 120;

  private static final double NEAR_THE_END = 0.90;

  /** What comes in lumps pauses between them for no longer, mostly. */
  private static final double MOMENTS = 3;

  /** What grew by less is noise. */
  private static final double LEAST_GROWTH = 0.015;

  private static final int QUARTERS = 4;
  private static final int POINTS = 5;

  /** Of the whole growth, from one quarter to the next; an even rise has a third. */
  private static final double LEAST_SHARE = 0.20;

  /** Over a longer time it is the load that comes and goes in lumps. */
  private static final double[] LUMPS_SPANS = {1, 2, 4, 8, 16};

  /** So much of the widest swing above what was there before is still the same breathing. */
  private static final double SWING = 0.25;

  /** Crests are compared by quarters of these. */
  private static final double[] CREST_SPANS = {240, 480};

  private static final int FEWEST_CRESTS = 3;

  private static final double CRESTS_COUNT_ABOVE = 0.70;
  private static final double LEAST_GROWTH_OF_CRESTS = 0.02;

  /** What is left at the ceiling soonest, of all that can be believed; null where nothing grows. */
  static @Nullable Forecast of(Window window, double total, double ceiling) {
    if (window.size() < QUARTERS) {
      return null;
    }
    int news = newsFrom(window, usual(window.breath(), total, ceiling));
    Forecast soonest = null;
    for (double span : SPANS) {
      soonest = sooner(soonest, rise(window, span, news, total, ceiling));
    }
    for (double span : LUMPS_SPANS) {
      soonest = sooner(soonest, lumps(window, span, news, total, ceiling));
    }
    for (double span : CREST_SPANS) {
      soonest = sooner(soonest, crests(window, span, total, ceiling));
    }
    return soonest;
  }

  /** By what it grew in the last moments: no forecast, but reason enough to look more often. */
  static double secondsLeftAtTheLatestPace(Window window, double ceiling) {
    int last = window.size() - 1;
    if (last < 1) {
      return Double.POSITIVE_INFINITY;
    }
    int lowest = last - 1;
    for (int i = window.since(MOMENTS); i < last; i++) {
      lowest = window.used(i) < window.used(lowest) ? i : lowest;
    }
    double grown = window.used(last) - window.used(lowest);
    double took = window.time(last) - window.time(lowest);
    return grown <= 0 || took <= 0
        ? Double.POSITIVE_INFINITY
        : (ceiling - window.used(last)) / (grown / took);
  }

  private static @Nullable Forecast sooner(@Nullable Forecast one, @Nullable Forecast other) {
    return one == null || (other != null && other.secondsLeft < one.secondsLeft) ? other : one;
  }

  /** Up to here memory has always come back, or would not be further from its foot than ever. */
  private static double usual(Breath breath, double total, double ceiling) {
    if (breath.crests() == 0) {
      return 0;
    }
    double height = 0;
    double swing = 0;
    for (int i = 0; i < breath.crests(); i++) {
      // From near the end memory comes back when something was killed: nobody lives like that.
      if (breath.height(i) < total * NEAR_THE_END) {
        height = Math.max(height, breath.height(i));
      }
      swing = Math.max(swing, breath.fall(i));
    }
    double usual =
        Math.max(height + swing * SWING, breath.foot(breath.crests() - 1) + swing * (1 + SWING));
    return Math.min(ceiling, usual);
  }

  /** The reading from which on all were above what is usual; the number of readings if none is. */
  private static int newsFrom(Window window, double usual) {
    int from = window.size();
    while (from > 0 && window.used(from - 1) > usual) {
      from--;
    }
    return from;
  }

  private static @Nullable Forecast rise(
      Window window, double span, int news, double total, double ceiling) {
    int from = Math.max(news, window.since(span));
    int last = window.size() - 1;
    if (from >= last) {
      return null;
    }
    double seen = window.time(last) - window.time(from);
    double now = window.used(last);
    if (seen < span * 0.75 || now < total * countsAbove(window, seen)) {
      return null;
    }
    return evenly(quarters(window, from, seen), seen, Math.max(0, ceiling - now), total);
  }

  private static @Nullable Forecast evenly(
      double[] quarters, double seen, double left, double total) {
    if (!even(quarters) || quarters[3] - quarters[0] < total * LEAST_GROWTH) {
      return null;
    }
    double slope = slope(quarters, seen);
    return left / slope <= seen * REACH ? new Forecast(slope, seen, left / slope, false) : null;
  }

  /**
   * Near the end evenness is no matter: what has taken more than is left in one half of the time,
   * and in the other, may do so again.
   */
  private static @Nullable Forecast lumps(
      Window window, double span, int news, double total, double ceiling) {
    int last = window.size() - 1;
    int from = window.since(span);
    double now = window.used(last);
    double seen = window.time(last) - window.time(from);
    if (news > last || seen < span * 0.75 || now < total * NEAR_THE_END) {
      return null;
    }
    double left = Math.max(0, ceiling - now);
    double half = window.used(window.since(seen / 2));
    double slower = Math.min(now - half, half - window.used(from));
    double slope = slower / (seen / 2);
    return slower > Math.max(left, total * LEAST_GROWTH)
        ? new Forecast(slope, seen, left / slope, false)
        : null;
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
      medians[quarter] = median(points);
    }
    return medians;
  }

  /**
   * The latest crests by quarters of the time, as a rise is seen, by the middle one of each: a
   * crest that is high because two things came together would raise a quarter's highest alone. What
   * memory came back from before is no news here either.
   */
  private static @Nullable Forecast crests(
      Window window, double span, double total, double ceiling) {
    Breath breath = window.breath();
    if (window.rowSeconds() < span) {
      return null;
    }
    double now = window.time(window.size() - 1);
    int[] from = new int[QUARTERS + 1];
    from[QUARTERS] = breath.crests();
    double[] heights = new double[QUARTERS];
    for (int quarter = QUARTERS - 1; quarter >= 0; quarter--) {
      from[quarter] = breath.since(now - span * (QUARTERS - quarter) / QUARTERS);
      if (from[quarter + 1] - from[quarter] < FEWEST_CRESTS) {
        return null;
      }
      heights[quarter] = height(breath, from[quarter], from[quarter + 1]);
    }
    double highest = highest(breath, from[3], from[4], false);
    // What comes and goes lifts some of them; what stays lifts all, and what they fall back to.
    if (!even(heights)
        || heights[3] - heights[0] < total * LEAST_GROWTH_OF_CRESTS
        || highest < total * CRESTS_COUNT_ABOVE
        || lowest(breath, from[3], from[4], false) < highest(breath, 0, from[1], false)
        || lowest(breath, from[3], from[4], true) < highest(breath, from[0], from[1], true)) {
      return null;
    }
    double slope = slope(heights, span);
    return new Forecast(slope, span, Math.max(0, ceiling - highest) / slope, true);
  }

  /** Each quarter has its part in the growth. */
  private static boolean even(double[] quarters) {
    double grown = quarters[3] - quarters[0];
    for (int i = 1; i < QUARTERS; i++) {
      if (quarters[i] - quarters[i - 1] < grown * LEAST_SHARE) {
        return false;
      }
    }
    return grown > 0;
  }

  /** From the first quarter to the last, or in the latter half if that is slower. */
  private static double slope(double[] quarters, double seconds) {
    return Math.min(
        (quarters[3] - quarters[0]) / (seconds * 3 / 4),
        (quarters[3] - quarters[1]) / (seconds / 2));
  }

  private static double height(Breath breath, int from, int to) {
    double[] heights = new double[to - from];
    for (int i = from; i < to; i++) {
      heights[i - from] = breath.height(i);
    }
    return median(heights);
  }

  private static double highest(Breath breath, int from, int to, boolean feet) {
    double highest = 0;
    for (int i = from; i < to; i++) {
      highest = Math.max(highest, feet ? breath.foot(i) : breath.height(i));
    }
    return highest;
  }

  private static double lowest(Breath breath, int from, int to, boolean feet) {
    double lowest = Double.POSITIVE_INFINITY;
    for (int i = from; i < to; i++) {
      lowest = Math.min(lowest, feet ? breath.foot(i) : breath.height(i));
    }
    return lowest;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
