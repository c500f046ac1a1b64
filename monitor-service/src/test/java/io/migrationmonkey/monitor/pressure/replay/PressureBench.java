package io.migrationmonkey.monitor.pressure.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The replay of bench/run pressure. No test by its name: it runs when it is asked for. */
class PressureBench {

  static final long TUNED_SEED = 1;

  /** Of all that was not looked at, so that everybody plays the same traces. */
  private static final long SEED = 20261126;

  /** What the rule did with these was looked at while it was made. */
  static final long[] TUNED_MACHINES = {77, 5, 6, 7, 8, 9, 90210, 90211, 31337, 31338};

  private static final double MOVE_SECONDS = 30;

  @Test
  void replay() throws IOException {
    run(
        Long.getLong("monkey.bench.seed", SEED),
        System.getProperty("monkey.bench.traces", ""),
        System.getProperty("monkey.bench.real", ""),
        System.getProperty("monkey.bench.figures", "target/pressure.json"));
  }

  public static void main(String[] args) throws IOException {
    run(Long.parseLong(args[0]), args.length > 2 ? args[2] : "", "", args[1]);
  }

  private static void run(long seed, String folder, String real, String figures)
      throws IOException {
    Map<String, Supplier<List<Trace>>> sets = new LinkedHashMap<>();
    sets.put("tuned: shapes", () -> Shapes.of(TUNED_SEED));
    sets.put("tuned: machines", () -> machines(TUNED_MACHINES));
    sets.put("second, not tuned on: workloads", () -> workloads(seed, seed + 1));
    sets.put("shapes of other seeds", () -> fresh(seed));
    sets.put("machines of other seeds", () -> machines(seed, seed + 1));
    if (!files(folder, ".csv").isEmpty()) {
      sets.put("recorded", () -> recorded(folder));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", seed);
    // One after the other: a set is some hundred megabytes.
    sets.forEach((name, traces) -> json.put(name, score(name, traces.get())));
    json.put("real", real(real));
    Files.writeString(
        Path.of(figures),
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json));
  }

  /** What the run of real leaks has left: one file a part. */
  private static List<Object> real(String folder) throws IOException {
    List<Object> parts = new ArrayList<>();
    for (Path file : files(folder, ".json")) {
      parts.add(JsonMapper.builder().build().readValue(Files.readString(file), Map.class));
    }
    return parts;
  }

  private static List<Path> files(String folder, String ending) throws IOException {
    if (folder.isEmpty() || !Files.isDirectory(Path.of(folder))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  static List<Trace> machines(long... seeds) {
    return Arrays.stream(seeds).boxed().flatMap(seed -> Machines.of(seed, 110).stream()).toList();
  }

  private static List<Trace> workloads(long... seeds) {
    return Arrays.stream(seeds).boxed().flatMap(seed -> Workloads.of(seed, 110).stream()).toList();
  }

  private static List<Trace> fresh(long seed) {
    List<Trace> traces = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      traces.addAll(Shapes.of(seed + i));
    }
    return traces;
  }

  // NAME.csv was to be stayed on, NAME.exhausted-SECONDS.csv had its end there.
  private static List<Trace> recorded(String folder) {
    try {
      List<Trace> traces = new ArrayList<>();
      for (Path file : files(folder, ".csv")) {
        String name = file.getFileName().toString().replaceAll("\\.csv$", "");
        int mark = name.indexOf(".exhausted-");
        double end = mark < 0 ? Double.NaN : Double.parseDouble(name.substring(mark + 11));
        traces.add(Trace.parse(name, Files.readString(file), end));
      }
      return traces;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Map<String, Object>> score(String set, List<Trace> traces) {
    List<Trace> answered = traces.stream().filter(Trace::hasAnAnswer).toList();
    long leave = answered.stream().filter(Trace::leave).count();
    System.out.printf(
        Locale.ROOT,
        "%n%s: %d to leave, %d to stay on (and %d too sudden, %d too close, in brackets)%n"
            + "%-36s %11s %11s %11s %8s%n",
        set,
        leave,
        answered.size() - leave,
        traces.stream().filter(Trace::sudden).count(),
        traces.stream().filter(Trace::close).count(),
        "rule",
        "missed",
        "false",
        "mean lead",
        ">= 30 s");
    List<Map<String, Object>> rows = new ArrayList<>();
    Rules.all()
        .forEach((name, rules) -> rows.add(row(print(Replay.Score.of(name, rules, traces)))));
    rows.add(row(print(lowestLevelThatIsNeverFalse(traces))));
    return rows;
  }

  /** The level is chosen by the set itself, which is more than a person can do beforehand. */
  private static Replay.Score lowestLevelThatIsNeverFalse(List<Trace> traces) {
    for (int percent = 50; ; percent++) {
      double level = percent / 100.0;
      Replay.Score score =
          Replay.Score.of(
              "used > %d %%, never false here".formatted(percent),
              () -> Rules.usedOver(level),
              traces);
      if (score.falseOrders() == 0 || percent == 99) {
        return score;
      }
    }
  }

  private static Replay.Score print(Replay.Score score) {
    System.out.printf(
        Locale.ROOT,
        "%-36s %5d (%3d) %5d (%3d) %9.1f s %8d%s%n",
        score.rule(),
        score.missed(),
        score.missedOfAll() - score.missed(),
        score.falseOrders(),
        score.falseOrdersOfAll() - score.falseOrders(),
        score.meanLead(),
        score.inTime(MOVE_SECONDS),
        score.isWrongSomewhere() ? "  wrong: its lead does not count" : "");
    if (score.rule().equals("monkey")) {
      score.results().stream()
          .filter(r -> r.trace().hasAnAnswer() && (r.missed() || r.falseOrder()))
          .limit(15)
          .forEach(r ->
              System.out.printf(
                  Locale.ROOT,
                  "    %s %s: ordered at %.1f, exhausted at %.1f: %s%n",
                  r.missed() ? "MISSED" : "FALSE",
                  r.trace().name(),
                  r.orderedAt(),
                  r.trace().exhaustedAt(),
                  r.why()));
    }
    return score;
  }

  private static Map<String, Object> row(Replay.Score score) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("rule", score.rule());
    row.put("missed", score.missed());
    row.put("falseOrders", score.falseOrders());
    row.put("missedWithoutAnAnswer", score.missedOfAll() - score.missed());
    row.put("falseOrdersWithoutAnAnswer", score.falseOrdersOfAll() - score.falseOrders());
    row.put("leadCounts", !score.isWrongSomewhere());
    row.put("meanLeadSeconds", score.meanLead());
    row.put("inTimeForAMoveOf30s", score.inTime(MOVE_SECONDS));
    List<Map<String, Object>> each = new ArrayList<>();
    for (Replay.Result result : score.results()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("trace", result.trace().name());
      one.put("leave", result.trace().leave());
      one.put("hasAnAnswer", result.trace().hasAnAnswer());
      one.put("leadSeconds", Double.isNaN(result.lead()) ? null : result.lead());
      one.put("missed", result.missed());
      one.put("falseOrder", result.falseOrder());
      each.add(one);
    }
    row.put("traces", each);
    return row;
  }
}
