package io.migrationmonkey.migrator.page;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of a server's memory as paths in a picture 360 wide and 100 high, and the same in
 * words.
 *
 * @param used the line; its height is what is used of what there is
 * @param threshold how far down the line of the end is; null where it is not known
 * @param stalled the line of the time that was spent waiting, in a picture 24 high; null where
 *     nobody tells
 */
record MemoryChart(
    boolean drawn,
    String words,
    String used,
    String area,
    @Nullable String threshold,
    @Nullable String stalled,
    @Nullable String stalledWords) {

  static final int WIDTH = 360;
  static final int HEIGHT = 100;
  static final int STALL_HEIGHT = 24;

  private static final Duration HOLE = MemoryHistory.STRETCH.multipliedBy(3);

  static MemoryChart of(List<MemorySample> samples, Instant now, Instant since) {
    if (samples.isEmpty()) {
      return new MemoryChart(
          false,
          "Nothing has been seen of its memory since %s, when this migrator began to watch."
              .formatted(Plain.time(since, now)),
          "",
          "",
          null,
          null,
          null);
    }
    MemorySample latest = samples.getLast();
    Long end = latest.exhaustedAtBytes();
    MemorySample most =
        samples.stream()
            .max(java.util.Comparator.comparingLong(MemorySample::usedBytes))
            .orElseThrow();
    boolean wholeHour = !since.isAfter(now.minus(MemoryHistory.SPAN));
    double worst =
        samples.stream()
            .map(MemorySample::stalled)
            .filter(java.util.Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(-1);
    return new MemoryChart(
        true,
        "%s: at most %s of %s used, at %s."
            .formatted(
                wholeHour
                    ? "The last hour"
                    : "Since %s, when this migrator began to watch"
                        .formatted(Plain.time(since, now)),
                Plain.bytes(most.usedBytes()),
                Plain.bytes(most.totalBytes()),
                Plain.time(most.at(), now)),
        path(samples, now, s -> HEIGHT * (1 - share(s.usedBytes(), s.totalBytes())), false),
        path(samples, now, s -> HEIGHT * (1 - share(s.usedBytes(), s.totalBytes())), true),
        end == null ? null : number(HEIGHT * (1 - share(end, latest.totalBytes()))),
        worst < 0
            ? null
            : path(
                samples,
                now,
                s -> STALL_HEIGHT * (1 - (s.stalled() == null ? 0 : s.stalled())),
                false),
        worst < 0
            ? null
            : "Tasks waited for memory %s of the time at worst.".formatted(Plain.percent(worst)));
  }

  private static double share(long part, long whole) {
    return Math.min(1, (double) part / whole);
  }

  /** Broken where nothing was seen for a while. */
  private static String path(
      List<MemorySample> samples,
      Instant now,
      ToDoubleFunction<MemorySample> height,
      boolean area) {
    StringBuilder path = new StringBuilder();
    MemorySample before = null;
    for (MemorySample sample : samples) {
      boolean anew =
          before == null || Duration.between(before.at(), sample.at()).compareTo(HOLE) > 0;
      if (anew) {
        if (area && before != null) {
          close(path, before, now);
        }
        // A stretch is as wide as the time that it tells of.
        String begin = x(sample.at().minus(MemoryHistory.STRETCH), now);
        path.append('M').append(begin).append(' ');
        path.append(area ? number(HEIGHT) + "L" + begin + " " : "");
        path.append(number(height.applyAsDouble(sample)));
      }
      path.append('L').append(x(sample.at(), now)).append(' ');
      path.append(number(height.applyAsDouble(sample)));
      before = sample;
    }
    if (area && before != null) {
      close(path, before, now);
    }
    return path.toString();
  }

  private static void close(StringBuilder path, MemorySample last, Instant now) {
    path.append('L').append(x(last.at(), now)).append(' ').append(HEIGHT).append('Z');
  }

  private static String x(Instant at, Instant now) {
    double ago = Duration.between(at, now).toMillis() / (double) MemoryHistory.SPAN.toMillis();
    return number(WIDTH * Math.clamp(1 - ago, 0, 1));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
