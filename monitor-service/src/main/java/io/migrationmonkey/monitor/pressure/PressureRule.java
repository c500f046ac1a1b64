package io.migrationmonkey.monitor.pressure;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.MemoryReading;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When memory counts as exhausted: once every reading was at the limit or over it for long enough,
 * and until one is clearly under it.
 *
 * <p>Only a row of readings without holes is proof: where two readings or more are missing between
 * two, the row begins anew.
 *
 * @param usedRatio the limit, used over total, 0 to 1
 * @param sustained how long readings must stay there
 * @param period how far readings are meant to be apart
 */
public record PressureRule(double usedRatio, Duration sustained, Duration period) {

  /** Calm again only this far under the limit, so that the verdict does not flutter. */
  public static final double HYSTERESIS = 0.05;

  /**
   * Judges one more reading.
   *
   * @param before the judgement of the reading before; null for the first
   */
  public Judgement judge(@Nullable Judgement before, MemoryReading reading) {
    Instant overSince = overSince(before, reading);
    boolean wasExhausted = before != null && before.verdict() == Verdict.EXHAUSTED;
    boolean exhausted =
        wasExhausted ? !calmAgain(reading) : overSince != null && lasts(overSince, reading);
    return new Judgement(
        exhausted ? Verdict.EXHAUSTED : Verdict.CALM,
        reason(exhausted, overSince, reading),
        overSince,
        reading.at());
  }

  private @Nullable Instant overSince(@Nullable Judgement before, MemoryReading reading) {
    if (reading.usedRatio() < usedRatio) {
      return null;
    }
    return before != null && before.overSince() != null && follows(before.latest(), reading.at())
        ? before.overSince()
        : reading.at();
  }

  // A clock that was set back breaks the row as a hole does.
  private boolean follows(Instant earlier, Instant later) {
    Duration apart = Duration.between(earlier, later);
    return !apart.isNegative() && apart.compareTo(period.multipliedBy(3)) < 0;
  }

  private boolean lasts(Instant overSince, MemoryReading reading) {
    return Duration.between(overSince, reading.at()).compareTo(sustained) >= 0;
  }

  private boolean calmAgain(MemoryReading reading) {
    return reading.usedRatio() < usedRatio - HYSTERESIS;
  }

  private String reason(boolean exhausted, @Nullable Instant overSince, MemoryReading reading) {
    String used =
        "memory is %s used, %d of %d MiB (%s)"
            .formatted(
                percent(reading.usedRatio()),
                reading.usedBytes() >> 20,
                reading.totalBytes() >> 20,
                reading.source());
    if (overSince != null) {
      String over =
          "%s, at %s or over for %s s"
              .formatted(used, percent(usedRatio), seconds(overSince, reading.at()));
      return exhausted ? over : over + " of %s s".formatted(seconds(sustained));
    }
    return exhausted
        ? "%s, calm again under %s".formatted(used, percent(usedRatio - HYSTERESIS))
        : used;
  }

  private static String percent(double ratio) {
    return String.format(Locale.ROOT, "%.1f %%", ratio * 100);
  }

  private static String seconds(Instant from, Instant to) {
    return seconds(Duration.between(from, to));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }
}
