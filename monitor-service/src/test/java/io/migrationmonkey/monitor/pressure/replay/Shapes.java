package io.migrationmonkey.monitor.pressure.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * The set that the rule was tuned on: curves drawn by formula, one for each thing that happens to
 * servers, in several sizes.
 */
final class Shapes {

  static final double MIB = 1 << 20;
  private static final double STEP = 0.1;

  private final Random random;
  private final List<Trace> traces = new ArrayList<>();

  private Shapes(long seed) {
    random = new Random(seed);
  }

  static List<Trace> of(long seed) {
    Shapes shapes = new Shapes(seed);
    shapes.draw();
    return List.copyOf(shapes.traces);
  }

  private void draw() {
    double[] sizes = {512, 2048, 8192, 65536};
    for (double size : sizes) {
      steady(size, between(0.30, 0.60));
      steady(size, between(0.80, 0.93));
      for (double seconds : new double[] {3, 15, 60, 300, 900}) {
        leak(size, between(0.25, 0.60), seconds);
      }
      sawTooth(size, between(0.30, 0.50), between(0.62, 0.75), between(4, 12));
      sawTooth(size, between(0.25, 0.40), between(0.78, 0.88), between(20, 90));
      leakingSawTooth(size);
      cacheFill(size);
      burst(size, between(0.55, 0.70), between(2, 6));
      burst(size, between(0.70, 0.88), between(1, 4));
      step(size);
      start(size);
      wave(size);
      forkBomb(size);
    }
    swapStorm(8192);
    swapStorm(2048);
    limitLowered();
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private void steady(double size, double level) {
    draw("steady at %.0f %%".formatted(level * 100), "steady", size, 600, t -> level, 0);
  }

  /** From its beginning to the end in so many seconds. */
  private void leak(double size, double level, double seconds) {
    double begins = between(60, 150);
    double slope = (1 - level) / seconds;
    draw(
        "leak, %.1f MiB/s".formatted(slope * size),
        "leak",
        size,
        begins + seconds * 1.2,
        t -> level + Math.max(0, t - begins) * slope,
        begins);
  }

  private void sawTooth(double size, double low, double high, double period) {
    draw(
        "saw-tooth to %.0f %% in %.0f s".formatted(high * 100, period),
        "saw-tooth",
        size,
        900,
        t -> low + (high - low) * (t % period) / period,
        0);
  }

  private void leakingSawTooth(double size) {
    double period = between(8, 30);
    double begins = between(100, 200);
    double rise = between(0.0006, 0.0015);
    draw(
        "saw-tooth whose highs grow",
        "leaking saw-tooth",
        size,
        1500,
        t -> 0.35 + 0.20 * (t % period) / period + Math.max(0, t - begins) * rise,
        begins);
  }

  /** Pages of files are not used; what the kernel needs to keep them in order is. */
  private void cacheFill(double size) {
    double level = between(0.45, 0.70);
    draw(
        "10 GB copied",
        "cache fill",
        size,
        400,
        t -> level + (t > 100 ? 0.015 * Math.min(1, (t - 100) / 60) : 0),
        0);
  }

  private void burst(double size, double top, double up) {
    double level = between(0.25, 0.45);
    double begins = between(60, 120);
    double stays = between(5, 40);
    double down = between(1, 10);
    draw(
        "burst to %.0f %% in %.1f s".formatted(top * 100, up),
        "burst and back",
        size,
        300,
        t -> {
          double x = t - begins;
          if (x < 0 || x > up + stays + down) {
            return level;
          }
          double share = x < up ? x / up : x < up + stays ? 1 : 1 - (x - up - stays) / down;
          return level + (top - level) * share;
        },
        0);
  }

  private void step(double size) {
    double level = between(0.30, 0.50);
    double next = between(0.70, 0.85);
    draw("step to %.0f %%".formatted(next * 100), "step", size, 300, t -> t < 90 ? level : next, 0);
  }

  private void start(double size) {
    double level = between(0.45, 0.65);
    double takes = between(6, 25);
    draw(
        "an application starts in %.0f s".formatted(takes),
        "start",
        size,
        300,
        t -> 0.08 + (level - 0.08) * (1 - Math.exp(-3 * Math.max(0, t - 30) / takes)),
        0);
  }

  private void wave(double size) {
    double top = between(0.70, 0.85);
    double takes = between(240, 480);
    draw(
        "a busy hour, up to %.0f %%".formatted(top * 100),
        "wave",
        size,
        takes * 2.5,
        t -> 0.40 + (top - 0.40) * Math.sin(Math.PI * Math.min(1, t / (2 * takes))),
        0);
  }

  private void forkBomb(double size) {
    double level = between(0.20, 0.40);
    double begins = between(60, 100);
    double doubles = between(1.5, 4);
    draw(
        "fork bomb",
        "fork bomb",
        size,
        begins + 120,
        t -> level + (t < begins ? 0 : 0.004 * (Math.pow(2, (t - begins) / doubles) - 1)),
        begins);
  }

  /** Memory fills, then swap does; all tasks wait. The end is when swap is full too. */
  private void swapStorm(double size) {
    double begins = 90;
    double slope = between(0.004, 0.010);
    double swap = size / 2;
    List<Trace.Sample> samples = new ArrayList<>();
    double some = 0;
    double full = 0;
    double end = Double.NaN;
    for (double t = 0; t < 600; t += STEP) {
      double wanted = 0.5 * size + Math.max(0, t - begins) * slope * size;
      double used = Math.min(wanted, 0.975 * size) + noise(size);
      double out = Math.max(0, wanted - 0.975 * size);
      some += STEP * (out > 0 ? 0.95 : 0);
      full += STEP * (out > 0 ? 0.75 : 0);
      samples.add(sample(t, size, used, swap, Math.min(out, swap), some, full));
      if (out >= swap) {
        end = t;
        break;
      }
    }
    traces.add(
        new Trace(
            "swap storm, %.0f MiB/s".formatted(slope * size), "swap storm", samples, end, begins));
  }

  /** The row begins anew with the new limit, under which it is tight and stays so. */
  private void limitLowered() {
    List<Trace.Sample> samples = new ArrayList<>();
    for (double t = 0; t < 400; t += STEP) {
      double total = t < 200 ? 1024 : 640;
      samples.add(sample(t, total, 520 + noise(512), 0, 0, 0, 0));
    }
    traces.add(new Trace("a limit is lowered", "container limit", samples, Double.NaN, 0));
  }

  private double noise(double size) {
    return random.nextGaussian() * 0.002 * size;
  }

  private static Trace.Sample sample(
      double at, double total, double used, double swap, double out, double some, double full) {
    return new Trace.Sample(at, total * MIB, used * MIB, swap * MIB, out * MIB, some, full);
  }

  private void draw(
      String name,
      String kind,
      double size,
      double seconds,
      DoubleUnaryOperator share,
      double begins) {
    List<Trace.Sample> samples = new ArrayList<>();
    double end = Double.NaN;
    double some = 0;
    for (double t = 0; t < seconds; t += STEP) {
      double used = share.applyAsDouble(t) * size;
      some += used > 0.97 * size ? STEP * 0.3 : 0;
      samples.add(sample(t, size, used + noise(size), 0, 0, some, some / 3));
      if (used >= size) {
        end = t;
        break;
      }
    }
    traces.add(
        new Trace("%s of %.0f MiB".formatted(name, size), kind, List.copyOf(samples), end, begins));
  }
}
