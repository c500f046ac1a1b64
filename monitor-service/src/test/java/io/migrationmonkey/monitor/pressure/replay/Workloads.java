package io.migrationmonkey.monitor.pressure.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The second set, that nobody tuned on: made after the rule. Servers with a day's load and the
 * software that people run on them, each taking memory in its own way. On about half of them one
 * thing goes wrong, and that is watched to its end.
 */
final class Workloads {

  private static final double STEP = 0.1;
  private static final double SECONDS = 900;
  private static final double SECONDS_OF_TROUBLE = 5400;

  private final Random random;
  private final double size;
  private final List<Tenant> tenants = new ArrayList<>();
  private final double day;
  private final double dawn;
  private double restless;
  private double begins = Double.POSITIVE_INFINITY;
  private String what = "";

  private Workloads(long seed) {
    random = new Random(seed);
    size = new double[] {512, 1024, 4096, 16384}[random.nextInt(4)];
    day = between(600, 1800);
    dawn = between(0, day);
  }

  /** Something that takes memory. */
  private interface Tenant {
    /** What it has after one more step, as a share of all there is. */
    double after(double t, double load);
  }

  static List<Trace> of(long seed, int count) {
    List<Trace> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      traces.add(new Workloads(seed * 1000 + i).run("workload %d-%d".formatted(seed, i)));
    }
    return List.copyOf(traces);
  }

  private Trace run(String name) {
    double system = between(0.08, 0.15);
    tenants.add((t, load) -> system);
    boolean troubled = random.nextDouble() < 0.5;
    int trouble = random.nextInt(4);
    if (troubled) {
      begins = between(130, 500);
    }
    if (random.nextDouble() < 0.7) {
      javaVirtualMachine();
    }
    if (random.nextDouble() < 0.6 || (troubled && trouble == 0)) {
      workers(troubled && trouble == 0);
    }
    if (random.nextDouble() < 0.5) {
      batches();
    }
    if (random.nextDouble() < 0.4 || (troubled && trouble == 1)) {
      uploads(troubled && trouble == 1);
    }
    if (troubled && trouble == 2) {
      nativeLeak();
    }
    if (troubled && trouble == 3) {
      greedyQuery();
    }
    return simulate(name, troubled);
  }

  /**
   * Its heap fills and is collected; what it has once touched it keeps, up to its limit, and gives
   * back only now and then. Inside it may leak as it likes.
   */
  private void javaVirtualMachine() {
    double limit = between(0.20, 0.35);
    double allocates = limit / between(4, 60);
    double leaks = random.nextDouble() < 0.3 ? limit / between(300, 3000) : 0;
    double[] live = {limit * between(0.25, 0.5)};
    double[] heap = {live[0]};
    double[] touched = {live[0]};
    what += "jvm ";
    tenants.add((t, load) -> {
      live[0] = Math.min(limit * 0.95, live[0] + leaks * load * STEP);
      heap[0] += allocates * load * 2 * STEP * random.nextDouble();
      double room = live[0] + (limit - live[0]) * between(0.5, 1);
      if (heap[0] > room) {
        heap[0] = live[0];
        if (random.nextDouble() < 0.15) {
          touched[0] = live[0] * 1.1;
        }
      }
      touched[0] = Math.min(limit, Math.max(touched[0], heap[0]));
      return touched[0];
    });
  }

  /**
   * Processes forked as the load asks for them, which grow to their size, bloat, and are replaced.
   * In trouble they hang, and more are forked.
   */
  private void workers(boolean hang) {
    double median = between(0.006, 0.015);
    int most = (int) (between(0.10, 0.22) / median);
    double forksEvery = between(0.2, 1);
    double hungEvery = between(0.3, 4);
    List<double[]> running = new ArrayList<>(); // born, size, lives for
    double[] next = {0};
    what += hang ? "workers that hang " : "workers ";
    tenants.add((t, load) -> {
      boolean trouble = hang && t >= begins;
      if (!trouble) {
        running.removeIf(worker -> t - worker[0] > worker[2]);
      }
      int wanted = trouble ? Integer.MAX_VALUE : (int) Math.ceil(load * most);
      if (t >= next[0] && running.size() < wanted) {
        double worker = median * Math.exp(0.4 * random.nextGaussian());
        running.add(new double[] {t, worker, between(40, 400)});
        next[0] = t + (trouble ? hungEvery * 2 * random.nextDouble() : forksEvery);
      }
      double sum = 0;
      for (double[] worker : running) {
        double age = t - worker[0];
        sum += worker[1] * (Math.min(1, age / 3) + 0.3 * Math.min(1, age / 400));
      }
      return sum;
    });
  }

  /** They come when they come; sizes and lengths are log-normal. */
  private void batches() {
    double every = between(60, 200);
    List<double[]> running = new ArrayList<>(); // from, up in, stays, size
    what += "batches ";
    tenants.add((t, load) -> {
      if (running.isEmpty() && random.nextDouble() < STEP / every) {
        double share = Math.min(0.15, 0.05 * Math.exp(0.6 * random.nextGaussian()));
        running.add(
            new double[] {t, between(0.5, 10), 15 * Math.exp(random.nextGaussian()), share});
      }
      running.removeIf(batch -> t > batch[0] + batch[1] + batch[2]);
      double sum = 0;
      for (double[] batch : running) {
        sum += batch[3] * Math.min(1, (t - batch[0]) / batch[1]);
      }
      return sum;
    });
  }

  /** Files in a tmpfs, which counts against the limit; swept every few minutes, or no more. */
  private void uploads(boolean unswept) {
    double file = between(0.001, 0.006);
    double every = between(2, 8);
    double sweeps = Math.min(between(120, 400), every * 0.10 / file);
    double[] has = {0};
    double[] swept = {0};
    what += unswept ? "uploads that stay " : "uploads ";
    tenants.add((t, load) -> {
      boolean trouble = unswept && t >= begins;
      if (random.nextDouble() < load * 2 * STEP / every) {
        has[0] += file * 2 * random.nextDouble() * (trouble ? 3 : 1);
      }
      if (!trouble && t - swept[0] >= sweeps) {
        has[0] = 0;
        swept[0] = t;
      }
      return has[0];
    });
  }

  /** Loses a little with every request. */
  private void nativeLeak() {
    double perSecond = Math.pow(10, between(-3.3, -1.3));
    double[] lost = {0};
    what += "native leak ";
    tenants.add((t, load) -> {
      lost[0] += t < begins ? 0 : perSecond * load * 2 * random.nextDouble() * STEP;
      return lost[0];
    });
  }

  /** Takes what it gets. */
  private void greedyQuery() {
    double perSecond = Math.pow(10, between(-2, -0.6));
    what += "greedy query ";
    tenants.add((t, load) -> t < begins ? 0 : (t - begins) * perSecond);
  }

  private double load(double t) {
    restless += -0.02 * restless * STEP + 0.01 * random.nextGaussian();
    double light = 0.5 + 0.35 * Math.sin(2 * Math.PI * (t + dawn) / day);
    return Math.clamp(light + restless, 0.05, 1);
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private Trace simulate(String name, boolean troubled) {
    List<Trace.Sample> samples = new ArrayList<>();
    double end = Double.NaN;
    double stalled = 0;
    double mib = size * Shapes.MIB;
    for (double t = 0; t < (troubled ? SECONDS_OF_TROUBLE : SECONDS); t += STEP) {
      double load = load(t);
      double share = 0.002 * random.nextGaussian();
      for (Tenant tenant : tenants) {
        share += tenant.after(t, load);
      }
      stalled += share > 0.96 ? STEP * 0.4 : 0;
      double used = Math.clamp(share, 0, 1) * mib;
      samples.add(new Trace.Sample(t, mib, used, 0, 0, stalled, stalled / 3));
      if (share >= 1) {
        end = t;
        break;
      }
    }
    return new Trace(
        "%s: %s of %.0f MiB".formatted(name, what.strip(), size),
        "workload",
        samples,
        end,
        troubled ? begins : 0);
  }
}
