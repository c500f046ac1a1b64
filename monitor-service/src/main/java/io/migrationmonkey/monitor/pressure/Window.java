package io.migrationmonkey.monitor.pressure;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The readings that count for a verdict: each of the last two minutes, and how memory came and went
 * in the last ten. Of a fixed size, so that it asks for no memory when there is none.
 *
 * <p>Only a row without holes says something: after a hole it begins anew, and so it does when the
 * memory there is has changed.
 */
public final class Window {

  /** As long as a report stands: whoever was blind for longer knows nothing. */
  static final Duration HOLE = MonitorReport.TTL;

  static final double RECENT_SECONDS = 120;
  private static final int RECENT = 1300;

  private final double[] time = new double[RECENT];
  private final double[] used = new double[RECENT];
  private final double[] someStall = new double[RECENT];
  private final double[] fullStall = new double[RECENT];
  private int first;
  private int size;

  private final Breath breath = new Breath();
  private @Nullable MemoryReading latest;
  private @Nullable Instant began;

  /** Takes one more reading. */
  public void add(MemoryReading reading) {
    if (latest != null && !follows(latest, reading)) {
      size = 0;
      breath.forget();
      began = null;
    }
    if (began == null) {
      began = reading.at();
    }
    latest = reading;
    double now = Duration.between(began, reading.at()).toNanos() / 1e9;
    while (size > 0 && (size == RECENT || now - time(0) > RECENT_SECONDS)) {
      first = (first + 1) % RECENT;
      size--;
    }
    int at = (first + size) % RECENT;
    time[at] = now;
    used[at] = reading.usedBytes();
    someStall[at] = stall(reading, Signal.OWN_SOME_STALL, Signal.HOST_SOME_STALL);
    fullStall[at] = stall(reading, Signal.OWN_FULL_STALL, Signal.HOST_FULL_STALL);
    size++;
    breath.add(now, reading.usedBytes(), reading.totalBytes());
  }

  // A clock that went back breaks the row as a hole does.
  private boolean follows(MemoryReading earlier, MemoryReading later) {
    Duration apart = Duration.between(earlier.at(), later.at());
    return !apart.isNegative()
        && apart.compareTo(HOLE) <= 0
        && earlier.totalBytes() == later.totalBytes();
  }

  // The server's own where there is one: the host's neighbours wait for memory of their own.
  private static double stall(MemoryReading reading, Signal own, Signal host) {
    double micros =
        reading.value(own).isPresent()
            ? reading.value(own).getAsLong()
            : reading.value(host).isPresent() ? reading.value(host).getAsLong() : Double.NaN;
    return micros / 1e6;
  }

  @Nullable MemoryReading latest() {
    return latest;
  }

  int size() {
    return size;
  }

  double time(int index) {
    return time[(first + index) % RECENT];
  }

  double used(int index) {
    return used[(first + index) % RECENT];
  }

  /** The first reading that is at most so many seconds old. */
  int since(double seconds) {
    double from = time(size - 1) - seconds - 1e-6;
    int index = size - 1;
    while (index > 0 && time(index - 1) >= from) {
      index--;
    }
    return index;
  }

  /** How long this row of readings is by now. */
  double rowSeconds() {
    return size == 0 ? 0 : time(size - 1);
  }

  /**
   * The share of the last seconds in which some task, or all, waited for memory; NaN if unknown.
   */
  double stalled(boolean full, double seconds) {
    int from = since(seconds);
    double over = time(size - 1) - time(from);
    if (over < seconds * 0.9) {
      return Double.NaN;
    }
    double[] of = full ? fullStall : someStall;
    return (of[(first + size - 1) % RECENT] - of[(first + from) % RECENT]) / over;
  }

  /** How memory comes and goes. */
  Breath breath() {
    return breath;
  }
}
