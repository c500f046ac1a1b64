package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.MonitorReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of one server's memory, in stretches of ten seconds; kept in the migrator's memory
 * alone, so it is empty after a restart.
 */
final class MemoryHistory {

  static final Duration SPAN = Duration.ofHours(1);
  static final Duration STRETCH = Duration.ofSeconds(10);

  private final Deque<MemorySample> samples = new ArrayDeque<>();
  private @Nullable MonitorReport stretchBegan;
  private long peak;

  /** Takes a report in. One that was seen already says nothing new. */
  synchronized void add(MonitorReport report) {
    MonitorReport began = stretchBegan;
    if (began == null || !follows(began, report)) {
      stretchBegan = report;
      peak = report.usedBytes();
      return;
    }
    peak = Math.max(peak, report.usedBytes());
    if (Duration.between(began.at(), report.at()).compareTo(STRETCH) < 0) {
      return;
    }
    samples.addLast(
        new MemorySample(
            report.at(),
            report.totalBytes(),
            peak,
            report.exhaustedAtBytes(),
            stalled(began, report)));
    stretchBegan = report;
    peak = report.usedBytes();
    Instant oldest = report.at().minus(SPAN);
    while (samples.getFirst().at().isBefore(oldest)) {
      samples.removeFirst();
    }
  }

  /** Oldest first; none of what is older than the span at that moment. */
  synchronized List<MemorySample> until(Instant now) {
    Instant oldest = now.minus(SPAN);
    return samples.stream().filter(sample -> !sample.at().isBefore(oldest)).toList();
  }

  /** After a boot, a hole, or a clock that was set back, a new stretch begins. */
  private static boolean follows(MonitorReport earlier, MonitorReport later) {
    Duration apart = Duration.between(earlier.at(), later.at());
    return earlier.bootId().equals(later.bootId())
        && !apart.isNegative()
        && apart.compareTo(STRETCH.multipliedBy(2)) <= 0;
  }

  private static @Nullable Double stalled(MonitorReport earlier, MonitorReport later) {
    Long before = earlier.stalledMicros();
    Long after = later.stalledMicros();
    if (before == null || after == null || after < before) {
      return null;
    }
    double micros = Duration.between(earlier.at(), later.at()).toNanos() / 1e3;
    return Math.min(1, (after - before) / micros);
  }
}
