package io.migrationmonkey.monitor.pressure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When memory will be used up if it goes on as it went.
 *
 * <p>A rise is the median of the slopes between readings, so that one jump or one fall does not make
 * it. It is believed only a few times as far ahead as it has been seen. A rise within heights that
 * memory has come back from before is no news: what collects garbage lives like that. There the
 * heights themselves are watched.
 *
 * @param bytesPerSecond how fast it grows
 * @param seenSeconds for how long it has
 * @param secondsLeft until the ceiling
 * @param crests true when it is the heights that grow
 */
record Forecast(double bytesPerSecond, double seenSeconds, double secondsLeft, boolean crests) {

  /** A rise seen for a second is believed three seconds ahead. */
  static final double REACH = 3;

  private static final double[] SPANS = {1, 2, 4, 8, 16, 32, 64, 115};

  /** So many readings of a span are compared with one another, at most. */
  private static final int COMPARED = 24;

  private static final int FEWEST = 5;

  /** Memory has come back when it has fallen by this share of all there is. */
  private static final double FALL = 0.04;

  /** So much of the swing above the highest crest is still the same swing. */
  private static final double SWING = 0.25;

  /** Heights must have been watched for as many spells. */
  private static final int FEWEST_SPELLS = 18;

  /** What is left at the ceiling soonest, of all that can be believed; null where nothing grows. */
  static @Nullable Forecast of(Window window, double total, double ceiling) {
    if (window.size() < FEWEST) {
      return null;
    }
    double now = window.used(window.size() - 1);
    Crest crest = Crest.of(window, total * FALL);
    Forecast soonest = null;
    if (now > crest.height + SWING * crest.swing) {
      for (double span : SPANS) {
        soonest = sooner(soonest, rise(window, span, ceiling - now));
      }
    }
    return sooner(soonest, crests(window, total, ceiling));
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

  private static @Nullable Forecast rise(Window window, double span, double left) {
    int from = window.since(span);
    int last = window.size() - 1;
    double seen = window.time(last) - window.time(from);
    if (last - from + 1 < FEWEST || seen < span * 0.75) {
      return null;
    }
    double slope = medianSlope(window, from, last);
    double secondsLeft = slope <= 0 ? Double.POSITIVE_INFINITY : Math.max(0, left) / slope;
    return secondsLeft <= seen * REACH ? new Forecast(slope, seen, secondsLeft, false) : null;
  }

  private static double medianSlope(Window window, int from, int last) {
    int count = Math.min(COMPARED, last - from + 1);
    double[] slopes = new double[count * (count - 1) / 2];
    int found = 0;
    for (int later = 1; later < count; later++) {
      int j = from + (int) ((long) (last - from) * later / (count - 1));
      for (int earlier = 0; earlier < later; earlier++) {
        int i = from + (int) ((long) (last - from) * earlier / (count - 1));
        double apart = window.time(j) - window.time(i);
        if (apart > 0) {
          slopes[found++] = (window.used(j) - window.used(i)) / apart;
        }
      }
    }
    Arrays.sort(slopes, 0, found);
    return found == 0 ? 0 : slopes[found / 2];
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
    if (grown < total * 0.02 || !steady) {
      return null;
    }
    double seen = spells * Window.SPELL_SECONDS;
    double slope = grown / (seen * 2 / 3);
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
   * @param swing how far down it came
   */
  private record Crest(double height, double swing) {

    static Crest of(Window window, double fall) {
      double height = 0;
      double lowest = Double.POSITIVE_INFINITY;
      double before = 0;
      for (int spell = 0; spell < window.spells(); spell++) {
        if (window.low(spell) < before - fall) {
          height = Math.max(height, before);
          lowest = Math.min(lowest, window.low(spell));
        }
        before = Math.max(before, window.high(spell));
      }
      return new Crest(height, height == 0 ? 0 : height - lowest);
    }
  }
}
