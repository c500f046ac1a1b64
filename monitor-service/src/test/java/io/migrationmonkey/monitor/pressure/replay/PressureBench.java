package io.migrationmonkey.monitor.pressure.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The replay of bench/run pressure. No test by its name: it runs when it is asked for. */
class PressureBench {

  static final long TUNED_SEED = 1;
  private static final double MOVE_SECONDS = 30;

  @Test
  void replay() throws IOException {
    run(
        Long.getLong("monkey.bench.seed", 20261126L),
        System.getProperty("monkey.bench.traces", ""),
        System.getProperty("monkey.bench.real", ""),
        System.getProperty("monkey.bench.figures", "target/pressure.json"));
  }

  public static void main(String[] args) throws IOException {
    run(Long.parseLong(args[0]), args.length > 2 ? args[2] : "", "", args[1]);
  }

  private static void run(long seed, String folder, String real, String figures)
      throws IOException {
    Map<String, List<Trace>> sets = new LinkedHashMap<>();
    sets.put("tuned", Shapes.of(TUNED_SEED));
    sets.put("same shapes, other seeds", fresh(seed));
    sets.put("machines, not tuned on", Machines.of(seed, 110));
    List<Trace> recorded = recorded(folder);
    if (!recorded.isEmpty()) {
      sets.put("recorded", recorded);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", seed);
    sets.forEach((name, traces) -> json.put(name, score(name, traces)));
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

  private static List<Trace> fresh(long seed) {
    List<Trace> traces = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      traces.addAll(Shapes.of(seed + i));
    }
    return traces;
  }

  // NAME.csv was to be stayed on, NAME.exhausted-SECONDS.csv had its end there.
  private static List<Trace> recorded(String folder) throws IOException {
    List<Trace> traces = new ArrayList<>();
    for (Path file : files(folder, ".csv")) {
      String name = file.getFileName().toString().replaceAll("\\.csv$", "");
      int mark = name.indexOf(".exhausted-");
      double end = mark < 0 ? Double.NaN : Double.parseDouble(name.substring(mark + 11));
      traces.add(Trace.parse(name, Files.readString(file), end));
    }
    return traces;
  }

  private static List<Map<String, Object>> score(String set, List<Trace> traces) {
    long leave = traces.stream().filter(Trace::leave).count();
    System.out.printf(
        Locale.ROOT,
        "%n%s: %d to leave, %d to stay on%n%-36s %6s %6s %10s %9s%n",
        set,
        leave,
        traces.size() - leave,
        "rule",
        "missed",
        "false",
        "mean lead",
        ">= 30 s");
    List<Map<String, Object>> rows = new ArrayList<>();
    Rules.all()
        .forEach((name, rules) -> {
          Replay.Score score = Replay.Score.of(name, rules, traces);
          System.out.printf(
              Locale.ROOT,
              "%-36s %6d %6d %8.1f s %9d%n",
              name,
              score.missed(),
              score.falseOrders(),
              score.meanLead(),
              score.inTime(MOVE_SECONDS));
          rows.add(row(score));
          if (name.equals("monkey")) {
            score.results().stream()
                .filter(r -> r.missed() || r.falseOrder())
                .limit(15)
                .forEach(r ->
                    System.out.printf(
                        "    %s %s: ordered at %.1f, exhausted at %.1f: %s%n",
                        r.missed() ? "MISSED" : "FALSE",
                        r.trace().name(),
                        r.orderedAt(),
                        r.trace().exhaustedAt(),
                        r.why()));
          }
        });
    return rows;
  }

  private static Map<String, Object> row(Replay.Score score) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("rule", score.rule());
    row.put("missed", score.missed());
    row.put("falseOrders", score.falseOrders());
    row.put("meanLeadSeconds", score.meanLead());
    row.put("inTimeForAMoveOf30s", score.inTime(MOVE_SECONDS));
    List<Map<String, Object>> each = new ArrayList<>();
    for (Replay.Result result : score.results()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("trace", result.trace().name());
      one.put("leave", result.trace().leave());
      one.put("leadSeconds", Double.isNaN(result.lead()) ? null : result.lead());
      one.put("missed", result.missed());
      one.put("falseOrder", result.falseOrder());
      each.add(one);
    }
    row.put("traces", each);
    return row;
  }
}
