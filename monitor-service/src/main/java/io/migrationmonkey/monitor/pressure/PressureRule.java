package io.migrationmonkey.monitor.pressure;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.MemoryReading;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a verdict of a window of readings.
 *
 * <p>Exhausted is memory that is nearly all used for a while, or that will be before a move is
 * over, or that all tasks wait for most of the time. Strained is the same, less far gone. Only what
 * can't be reclaimed counts as used, so a full page cache says nothing. A verdict is taken back
 * when nothing has spoken for it for as long as it would take to reach it.
 */
public record PressureRule(PressureLimits limits) {

  /** Calm again only this far under a limit, so that the verdict does not flutter. */
  public static final double HYSTERESIS = 0.05;

  private static final Duration STALL_SUSTAINED = Duration.ofSeconds(20);
  private static final double STALLED_TO_DEATH = 0.60;

  private static final double STRAINED_LOOKS_FURTHER = 2;
  private static final double HURRY_SECONDS = 60;

  /** What speaks for a verdict, and how loudly. */
  private record Finding(Verdict verdict, String words, @Nullable Double secondsLeft) {}

  /**
   * Judges the latest reading.
   *
   * @param window all readings up to it
   * @param before the judgement of the reading before; null for the first
   * @param moveTook what the last moves took; null while that is unknown
   */
  public Judgement judge(Window window, @Nullable Judgement before, @Nullable Duration moveTook) {
    MemoryReading now = Objects.requireNonNull(window.latest());
    double ceiling = now.totalBytes() * limits.exhaustedRatio();
    Finding found = loudest(window, now, ceiling, moveTook);
    Verdict standing = before == null ? Verdict.CALM : before.verdict();
    boolean calmer = found.verdict.compareTo(standing) < 0;
    Instant calmingSince = calmer && wellUnder(now, standing) ? calmingSince(before, now) : null;
    boolean stays = calmer && !lasts(calmingSince, now);
    return new Judgement(
        stays ? standing : found.verdict,
        stays ? "%s; it was %s a moment ago".formatted(found.words, word(standing)) : found.words,
        found.secondsLeft,
        Forecast.secondsLeftAtTheLatestPace(window, ceiling) < HURRY_SECONDS,
        stays ? calmingSince : null,
        now.at());
  }

  /** A move within this time is too late. */
  public Duration enough(@Nullable Duration moveTook) {
    Duration move = moveTook == null ? limits.move() : moveTook;
    Duration wanted = Duration.ofMillis((long) (move.toMillis() * limits.margin()));
    return wanted.compareTo(limits.lookAhead()) > 0 ? wanted : limits.lookAhead();
  }

  private Finding loudest(
      Window window, MemoryReading now, double ceiling, @Nullable Duration moveTook) {
    String used =
        "memory is %s used, %d of %d MiB (%s)"
            .formatted(
                percent(now.usedRatio()),
                now.usedBytes() >> 20,
                now.totalBytes() >> 20,
                now.source());
    Forecast forecast = Forecast.of(window, now.totalBytes(), ceiling);
    Double left = forecast == null ? null : forecast.secondsLeft();
    String death = stalledToDeath(window);
    if (atLeast(window, now, limits.exhaustedRatio())) {
      return new Finding(Verdict.EXHAUSTED, over(used, limits.exhaustedRatio()), left);
    }
    double enough = enough(moveTook).toMillis() / 1000.0;
    if (forecast != null && forecast.secondsLeft() < enough) {
      return new Finding(Verdict.EXHAUSTED, grows(used, forecast, enough, moveTook), left);
    }
    if (death != null) {
      return new Finding(Verdict.EXHAUSTED, used + death, left);
    }
    if (atLeast(window, now, limits.strainedRatio())) {
      return new Finding(Verdict.STRAINED, over(used, limits.strainedRatio()), left);
    }
    if (forecast != null && forecast.secondsLeft() < enough * STRAINED_LOOKS_FURTHER) {
      return new Finding(Verdict.STRAINED, grows(used, forecast, enough, moveTook), left);
    }
    double stalled = window.stalled(false, STALL_SUSTAINED.toSeconds());
    if (stalled > limits.stalledShare()) {
      return new Finding(
          Verdict.STRAINED,
          "%s, and some task waited for memory for %s of the last %d s"
              .formatted(used, percent(stalled), STALL_SUSTAINED.toSeconds()),
          left);
    }
    return new Finding(Verdict.CALM, used, left);
  }

  /** Every reading of the time that counts was there, and the row is as long as that. */
  private boolean atLeast(Window window, MemoryReading now, double ratio) {
    double bytes = now.totalBytes() * ratio;
    double seconds = limits.sustained().toMillis() / 1000.0;
    int last = window.size() - 1;
    int from = window.since(seconds);
    // Readings come when they come: the one before may be the one that is old enough.
    if (from > 0 && window.time(last) - window.time(from) < seconds) {
      from--;
    }
    if (now.availableBytes() > limits.availableBytes()
        || window.time(last) - window.time(from) < seconds - 1e-3) {
      return false;
    }
    for (int i = from; i <= last; i++) {
      if (window.used(i) < bytes) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String stalledToDeath(Window window) {
    double full = window.stalled(true, STALL_SUSTAINED.toSeconds());
    return full > STALLED_TO_DEATH
        ? ", and all tasks waited for memory for %s of the last %d s"
            .formatted(percent(full), STALL_SUSTAINED.toSeconds())
        : null;
  }

  private static Instant calmingSince(@Nullable Judgement before, MemoryReading now) {
    return before == null || before.calmingSince() == null ? now.at() : before.calmingSince();
  }

  private boolean wellUnder(MemoryReading now, Verdict standing) {
    double limit = standing == Verdict.EXHAUSTED ? limits.exhaustedRatio() : limits.strainedRatio();
    return now.usedRatio() < limit - HYSTERESIS;
  }

  private boolean lasts(@Nullable Instant since, MemoryReading now) {
    return since != null && Duration.between(since, now.at()).compareTo(limits.sustained()) >= 0;
  }

  private String over(String used, double ratio) {
    return "%s, at %s or over for %s s"
        .formatted(used, percent(ratio), seconds(limits.sustained().toMillis() / 1000.0));
  }

  private String grows(String used, Forecast forecast, double enough, @Nullable Duration moveTook) {
    return "%s; %s by %s MiB/s for %s s, so %s is reached in %s s, and %s"
        .formatted(
            used,
            forecast.crests() ? "its highs have grown" : "it has grown",
            decimal(forecast.bytesPerSecond() / (1 << 20)),
            seconds(forecast.seenSeconds()),
            percent(limits.exhaustedRatio()),
            seconds(forecast.secondsLeft()),
            moveTook == null
                ? "a move should have %s s".formatted(seconds(enough))
                : "the last moves took up to %s s and should have %s s"
                    .formatted(seconds(moveTook.toMillis() / 1000.0), seconds(enough)));
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  private static String percent(double ratio) {
    return String.format(Locale.ROOT, "%.1f %%", ratio * 100);
  }

  private static String seconds(double seconds) {
    return decimal(seconds);
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }
}
