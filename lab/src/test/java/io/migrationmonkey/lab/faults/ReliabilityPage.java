package io.migrationmonkey.lab.faults;

import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The table of all cases, for people; without dates and names of machines, so that runs compare.
 */
final class ReliabilityPage {

  static final String BEGIN = "<!-- Written by the test run. -->";
  static final String END = "<!-- Until here. -->";

  private ReliabilityPage() {}

  /**
   * The page with the table of these results.
   *
   * @throws IllegalArgumentException where the page has no place for it
   */
  static String with(String page, List<CaseResult> results) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "the page has no '%s' with '%s' after it".formatted(BEGIN, END));
    }
    return page.substring(0, begin + BEGIN.length())
        + "\n\n"
        + String.join("\n", lines(results))
        + "\n\n"
        + page.substring(end);
  }

  static List<String> lines(List<CaseResult> results) {
    List<String> lines = new ArrayList<>();
    long kept = results.stream().filter(CaseResult::holds).count();
    lines.add(
        "%d cases, in %d of them every promise was kept; %d acknowledged writes, %d lost, %d doubled."
            .formatted(
                results.size(),
                kept,
                results.stream().mapToLong(CaseResult::acknowledged).sum(),
                results.stream().mapToLong(CaseResult::lost).sum(),
                results.stream().mapToLong(CaseResult::doubled).sum()));
    Map<String, Long> versions =
        results.stream()
            .collect(groupingBy(CaseResult::version, LinkedHashMap::new, Collectors.counting()));
    lines.add("");
    lines.add(
        "Commit: "
            + versions.entrySet().stream()
                .map(one -> "%s (%d cases)".formatted(one.getKey(), one.getValue()))
                .collect(Collectors.joining(", "))
            + ".");
    String fault = "";
    for (CaseResult result : results) {
      if (!result.fault().equals(fault)) {
        fault = result.fault();
        lines.add("");
        lines.add("**%s**, `%s`".formatted(capital(fault), result.name().replaceAll("@.*", "")));
        lines.add("");
        lines.add(
            "| when | how it ended | requests failed | longest stall | ended after | writes"
                + " acknowledged / lost / doubled | both served | next migration |");
        lines.add("|---|---|---|---|---|---|---|---|");
      }
      lines.add(row(result));
    }
    List<CaseResult> broken = results.stream().filter(result -> !result.holds()).toList();
    if (!broken.isEmpty()) {
      lines.add("");
      lines.add("Promises that were not kept:");
      lines.add("");
      for (CaseResult result : broken) {
        result
            .broken()
            .forEach(what -> lines.add("- `%s`: %s".formatted(result.name(), cell(what))));
      }
    }
    return lines;
  }

  private static String row(CaseResult result) {
    return "| %s | %s | %d of %d | %s | %s | %d / %d / %d | %s | %s |"
        .formatted(
            result.when().replace('.', ' ').replaceAll("^(\\S+) (\\S+)$", "$2 $1"),
            result.ended() + (result.holds() ? "" : ", **BROKEN**"),
            result.failedReads() + result.failedWrites(),
            result.requests(),
            seconds(result.longestStallMs()),
            seconds(result.recoveredMs()),
            result.acknowledged(),
            result.lost(),
            result.doubled(),
            result.bothServed() == 0
                ? "never in %d looks".formatted(result.rounds())
                : "%d of %d looks".formatted(result.bothServed(), result.rounds()),
            result.next());
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static String cell(String text) {
    return text.replaceAll("\\s+", " ").replace("|", "\\|").strip();
  }
}
