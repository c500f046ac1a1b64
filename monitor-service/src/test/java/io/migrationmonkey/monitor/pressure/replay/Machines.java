package io.migrationmonkey.monitor.pressure.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * No curves, but a machine with things that run on it, and what comes of it is the right answer. A
 * server that never came to its end was not to be left, however near it was: harder than it is
 * just.
 */
final class Machines {

  private static final double STEP = 0.1;
  private static final double SECONDS = 900;

  /** What leaks goes on leaking when the fifteen minutes are over, so it is watched to its end. */
  private static final double SECONDS_OF_A_LEAK = 3600;

  private final Random random;
  private final double size;
  private final List<Tenant> tenants = new ArrayList<>();
  private double begins;
  private boolean leaks;
  private String what = "";

  private Machines(long seed) {
    random = new Random(seed);
    size = new double[] {512, 1024, 4096, 16384, 131072}[random.nextInt(5)];
  }

  /** Something that takes memory. */
  private interface Tenant {
    /** What it has after one more step, as a share of all there is. */
    double after(double t);
  }

  static List<Trace> of(long seed, int count) {
    List<Trace> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      traces.add(new Machines(seed * 1000 + i).run("machine %d-%d".formatted(seed, i)));
    }
    return List.copyOf(traces);
  }

  private Trace run(String name) {
    int workers = 2 + random.nextInt(10);
    double base = 0.15 + random.nextDouble() * 0.25;
    for (int i = 0; i < workers; i++) {
      worker(base / workers);
    }
    if (random.nextBoolean()) {
      collector(0.05 + random.nextDouble() * 0.15, 0.05 + random.nextDouble() * 0.20);
    }
    if (random.nextBoolean()) {
      jobs(0.02 + random.nextDouble() * 0.18);
    }
    double evil = random.nextDouble();
    if (evil < 0.35) {
      lumpyLeak();
    } else if (evil < 0.45) {
      forks();
    } else if (evil < 0.55) {
      warmingCache();
    }
    return simulate(name);
  }

  /** Wanders about its own mean. */
  private void worker(double mean) {
    double[] has = {mean};
    tenants.add(t -> {
      has[0] += (mean - has[0]) * 0.02 * STEP + random.nextGaussian() * mean * 0.02;
      return Math.max(0, has[0]);
    });
  }

  /** Allocates as the load has it, and collects when its young space is full. */
  private void collector(double live, double young) {
    double[] garbage = {0};
    double rate = young / (3 + random.nextDouble() * 40);
    what += "collector ";
    tenants.add(t -> {
      garbage[0] += rate * STEP * (0.5 + random.nextDouble());
      if (garbage[0] > young * (0.93 + 0.07 * random.nextDouble())) {
        garbage[0] = young * 0.05 * random.nextDouble();
      }
      return live + garbage[0];
    });
  }

  /** They come when they come, take their time to grow, and go. */
  private void jobs(double largest) {
    List<double[]> running = new ArrayList<>(); // from, grows for, stays for, has
    what += "jobs ";
    tenants.add(t -> {
      if (random.nextDouble() < STEP / 60 && running.size() < 2) {
        running.add(
            new double[] {
              t,
              0.5 + random.nextDouble() * 20,
              random.nextDouble() * 60,
              largest * (0.3 + 0.7 * random.nextDouble())
            });
      }
      running.removeIf(job -> t > job[0] + job[1] + job[2]);
      return running.stream().mapToDouble(job -> job[3] * Math.min(1, (t - job[0]) / job[1])).sum();
    });
  }

  /** Loses something with every request that goes wrong, and requests come in lumps. */
  private void lumpyLeak() {
    begins = 60 + random.nextDouble() * 240;
    double perSecond = Math.pow(10, -3.2 + random.nextDouble() * 2.2);
    double lump = perSecond * (0.2 + random.nextDouble() * 2);
    double[] lost = {0};
    what += "leak ";
    leaks = true;
    tenants.add(t -> {
      if (t > begins && random.nextDouble() < perSecond * STEP / lump) {
        lost[0] += lump * 2 * random.nextDouble();
      }
      return lost[0];
    });
  }

  private void forks() {
    begins = 60 + random.nextDouble() * 240;
    double[] processes = {0};
    double each = 0.001 + random.nextDouble() * 0.003;
    double births = 0.1 + random.nextDouble() * 0.4;
    what += "forks ";
    tenants.add(t -> {
      if (t > begins) {
        processes[0] = Math.max(1, processes[0]) * Math.exp(births * STEP);
      }
      return processes[0] * each;
    });
  }

  /** Grows as a leak does, until it has what it wants. */
  private void warmingCache() {
    double wants = 0.10 + random.nextDouble() * 0.25;
    double takes = 20 + random.nextDouble() * 200;
    double from = 30 + random.nextDouble() * 200;
    what += "warming cache ";
    tenants.add(t -> t < from ? 0 : wants * (1 - Math.exp(-(t - from) / takes)));
  }

  private Trace simulate(String name) {
    List<Trace.Sample> samples = new ArrayList<>();
    double end = Double.NaN;
    double stalled = 0;
    for (double t = 0; t < (leaks ? SECONDS_OF_A_LEAK : SECONDS); t += STEP) {
      double now = t;
      double share = tenants.stream().mapToDouble(tenant -> tenant.after(now)).sum();
      stalled += share > 0.96 ? STEP * 0.4 : 0;
      samples.add(
          new Trace.Sample(
              t,
              size * Shapes.MIB,
              Math.min(1, share) * size * Shapes.MIB,
              0,
              0,
              stalled,
              stalled / 3));
      if (share >= 1) {
        end = t;
        break;
      }
    }
    return new Trace(
        "%s: %s of %.0f MiB".formatted(name, what.isEmpty() ? "workers" : what.strip(), size),
        "machine",
        samples,
        end,
        begins);
  }
}
