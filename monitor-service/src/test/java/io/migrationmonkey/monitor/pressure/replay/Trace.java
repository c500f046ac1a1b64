package io.migrationmonkey.monitor.pressure.replay;

import io.migrationmonkey.monitor.memory.Figure;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a server's memory did.
 *
 * @param kind what happens in it, in a word
 * @param samples the oldest first
 * @param exhaustedAt in which second memory was used up; NaN where it never was, and staying is
 *     right
 * @param leavableFrom before this second nothing had begun yet, so an order is for nothing
 */
record Trace(
    String name, String kind, List<Sample> samples, double exhaustedAt, double leavableFrom) {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** One moment; bytes, and seconds since boot for the stalls. NaN: can't be read. */
  record Sample(
      double at,
      double total,
      double used,
      double swapTotal,
      double swapUsed,
      double someStall,
      double fullStall) {

    MemoryReading reading() {
      Map<Signal, Figure> signals = new EnumMap<>(Signal.class);
      put(signals, Signal.SWAP_TOTAL, swapTotal);
      put(signals, Signal.SWAP_USED, swapUsed);
      put(signals, Signal.OWN_SOME_STALL, someStall * 1e6);
      put(signals, Signal.OWN_FULL_STALL, fullStall * 1e6);
      return new MemoryReading(
          START.plus(Duration.ofNanos((long) (at * 1e9))),
          (long) total,
          (long) Math.max(0, Math.min(used, total)),
          "trace",
          signals);
    }

    private static void put(Map<Signal, Figure> signals, Signal signal, double value) {
      if (!Double.isNaN(value)) {
        signals.put(signal, new Figure((long) value, "trace"));
      }
    }

    double usedRatio() {
      return used / total;
    }
  }

  boolean leave() {
    return !Double.isNaN(exhaustedAt);
  }

  /**
   * It fell from under 90 % to its end between two samples, a tenth of a second apart: whoever is
   * not to leave calm servers can't have left this one.
   */
  boolean sudden() {
    double before = 0;
    for (Sample sample : samples) {
      if (leave() && sample.at() >= exhaustedAt) {
        return before < 0.90;
      }
      before = sample.usedRatio();
    }
    return false;
  }

  /**
   * It came to 95 %, where servers die, and the generator let it live: who left was not wrong, and
   * who stayed was lucky.
   */
  boolean close() {
    return !leave() && samples.stream().anyMatch(sample -> sample.usedRatio() >= 0.95);
  }

  /** Neither answer is right for what is sudden or close. */
  boolean hasAnAnswer() {
    return !sudden() && !close();
  }

  /**
   * What {@code GET /api/memory/trace} gave. Nobody knows better than its end whether it was right
   * to leave.
   */
  static Trace parse(String name, String text, double exhaustedAt) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    List<String> names = List.of(lines.getFirst().split(",", -1));
    List<Sample> samples = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      double total = field(names, fields, "total");
      if (!Double.isNaN(total)) {
        samples.add(
            new Sample(
                field(names, fields, "millis") / 1000,
                total,
                field(names, fields, "used"),
                field(names, fields, Signal.SWAP_TOTAL.label()),
                field(names, fields, Signal.SWAP_USED.label()),
                either(names, fields, Signal.OWN_SOME_STALL, Signal.HOST_SOME_STALL) / 1e6,
                either(names, fields, Signal.OWN_FULL_STALL, Signal.HOST_FULL_STALL) / 1e6));
      }
    }
    return new Trace(name, "recorded", List.copyOf(samples), exhaustedAt, 0);
  }

  private static double either(List<String> names, String[] fields, Signal own, Signal host) {
    double value = field(names, fields, own.label());
    return Double.isNaN(value) ? field(names, fields, host.label()) : value;
  }

  private static double field(List<String> names, String[] fields, String name) {
    int index = names.indexOf(name);
    return index < 0 || fields[index].isEmpty() ? Double.NaN : Double.parseDouble(fields[index]);
  }
}
