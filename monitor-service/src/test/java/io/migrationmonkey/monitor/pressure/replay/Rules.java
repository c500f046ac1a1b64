package io.migrationmonkey.monitor.pressure.replay;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.pressure.Judgement;
import io.migrationmonkey.monitor.pressure.PressureLimits;
import io.migrationmonkey.monitor.pressure.PressureRule;
import io.migrationmonkey.monitor.pressure.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** This project's rule, and those that people use today as their own documents describe them. */
final class Rules {

  private Rules() {}

  /** Sees one sample after the other. */
  interface Rule {

    /** True when it would act now. */
    boolean acts(Trace.Sample sample);

    /** How long it then waits for its next look. */
    default double pause() {
      return 1;
    }
  }

  static Map<String, Supplier<Rule>> all() {
    Map<String, Supplier<Rule>> all = new LinkedHashMap<>();
    all.put("monkey", Monkey::new);
    all.put("used > 65 %", () -> usedOver(0.65));
    all.put("available < 10 %", () -> usedOver(0.90));
    all.put("monit, > 80 % for 5 cycles of 30 s", () -> new Cycles(0.80, 5, 30));
    // Memory and swap both: without swap there is none free.
    all.put(
        "earlyoom", () -> every(1, sample -> sample.usedRatio() > 0.90 && swapFree(sample) < 0.10));
    all.put("systemd-oomd", Oomd::new);
    return all;
  }

  /** One look a second at the level. */
  static Rule usedOver(double ratio) {
    return every(1, sample -> sample.usedRatio() > ratio);
  }

  private static double swapFree(Trace.Sample sample) {
    return sample.swapTotal() > 0 ? 1 - sample.swapUsed() / sample.swapTotal() : 0;
  }

  private static Rule every(double seconds, Predicate<Trace.Sample> when) {
    return new Rule() {
      @Override
      public boolean acts(Trace.Sample sample) {
        return when.test(sample);
      }

      @Override
      public double pause() {
        return seconds;
      }
    };
  }

  /** The real rule, with its real pace. */
  static final class Monkey implements Rule {

    private final PressureRule rule = new PressureRule(PressureLimits.DEFAULT);
    private final Window window = new Window();
    private Judgement judgement;

    @Override
    public boolean acts(Trace.Sample sample) {
      MemoryReading reading = sample.reading();
      window.add(reading);
      judgement = rule.judge(window, judgement, null);
      return judgement.verdict() == Verdict.EXHAUSTED;
    }

    @Override
    public double pause() {
      return judgement.hurry() ? 0.1 : 1;
    }

    String reason() {
      return judgement.reason();
    }
  }

  /** {@code if memory usage > 80% for 5 cycles}. */
  private static final class Cycles implements Rule {
    private final double ratio;
    private final int wanted;
    private final double cycle;
    private int seen;

    Cycles(double ratio, int wanted, double cycle) {
      this.ratio = ratio;
      this.wanted = wanted;
      this.cycle = cycle;
    }

    @Override
    public boolean acts(Trace.Sample sample) {
      seen = sample.usedRatio() > ratio ? seen + 1 : 0;
      return seen >= wanted;
    }

    @Override
    public double pause() {
      return cycle;
    }
  }

  /**
   * oomd.conf's defaults: memory and swap both used for more than 90 %, or full pressure above 60 %
   * (an average over 10 s) for 30 s.
   */
  private static final class Oomd implements Rule {
    private double average;
    private double last = Double.NaN;
    private double lastAt;
    private double overSince = Double.NaN;

    @Override
    public boolean acts(Trace.Sample sample) {
      if (!Double.isNaN(last) && sample.at() > lastAt) {
        double share = (sample.fullStall() - last) / (sample.at() - lastAt);
        double weight = 1 - Math.exp(-(sample.at() - lastAt) / 10);
        average += weight * (share - average);
      }
      last = sample.fullStall();
      lastAt = sample.at();
      if (!(average > 0.60)) {
        overSince = Double.NaN;
      } else if (Double.isNaN(overSince)) {
        overSince = sample.at();
      }
      boolean swap = sample.swapTotal() > 0 && swapFree(sample) < 0.10 && sample.usedRatio() > 0.90;
      return swap || sample.at() - overSince >= 30;
    }
  }
}
