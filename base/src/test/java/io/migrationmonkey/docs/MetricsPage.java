package io.migrationmonkey.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A service's part of docs/metrics.md, made from what Prometheus would scrape of it right after its
 * start, and checked against Prometheus' conventions for names and units.
 */
public final class MetricsPage {

  private static final Set<String> UNITS = Set.of("seconds", "bytes", "ratio");
  private static final Set<String> NO_UNITS =
      Set.of("ms", "millis", "milliseconds", "minutes", "kb", "mb", "kib", "mib", "percent");
  private static final Pattern ABOUT = Pattern.compile("# (HELP|TYPE) (monkey_\\w+) (.+)");
  private static final Pattern SAMPLE = Pattern.compile("(monkey_\\w+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern IN_CODE =
      Pattern.compile(
          "(?:builder|counters?|timer|gauge|seen)\\(\\s*(?:\\w+,\\s*)?\"(monkey[._][a-z0-9._]+)\"");

  private MetricsPage() {}

  /**
   * @param service whose part it is, as in the page's marks
   * @param scrape what it answers to Prometheus
   */
  public static void check(String service, String scrape) throws IOException {
    Map<String, Family> families = families(scrape);
    assertThat(families).isNotEmpty();
    families.values().forEach(Family::keepsTheConventions);
    everyMeterOfTheCodeIsAmong(families.keySet());
    GeneratedPart.check("metrics.md", "metrics of the " + service, table(families.values(), false));
    GeneratedPart.check("metrics.md", "metrics of every service", table(families.values(), true));
  }

  private static Map<String, Family> families(String scrape) {
    Map<String, Family> families = new TreeMap<>();
    for (String line : scrape.lines().toList()) {
      Matcher about = ABOUT.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (about.matches()) {
        Family family = families.computeIfAbsent(about.group(2), Family::new);
        if (about.group(1).equals("HELP")) {
          family.help = about.group(3);
        } else {
          family.type = about.group(3);
        }
      } else if (sample.matches()) {
        String name = sample.group(1);
        Family family =
            families.getOrDefault(
                name, families.get(name.replaceFirst("_(bucket|sum|count)$", "")));
        assertThat(family).as("the family of %s", name).isNotNull();
        family.saw(sample.group(2));
      }
    }
    // The largest of the last minutes, which Micrometer puts beside each summary.
    families
        .keySet()
        .removeIf(
            name -> name.endsWith("_max") && families.containsKey(name.replaceFirst("_max$", "")));
    return families;
  }

  /** One that came only with its first event would be missing in the page, and in an alert. */
  private static void everyMeterOfTheCodeIsAmong(Collection<String> names) throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        Matcher meter = IN_CODE.matcher(Files.readString(source));
        while (meter.find()) {
          String name = meter.group(1).replace('.', '_');
          assertThat(names)
              .as("%s, of %s, is there from the start", name, source.getFileName())
              .anyMatch(each -> each.startsWith(name));
        }
      }
    }
  }

  private static String table(Collection<Family> families, boolean everyService) {
    return families.stream()
        .filter(family -> family.name.startsWith("monkey_access_") == everyService)
        .map(Family::row)
        .collect(
            Collectors.joining(
                "", "| metric | type | unit | labels | what |\n|---|---|---|---|---|\n", ""));
  }

  /** A metric with all its series. */
  private static final class Family {

    private final String name;
    private final Map<String, Set<String>> labels = new TreeMap<>();
    private String type = "";
    private String help = "";

    Family(String name) {
      this.name = name;
    }

    void saw(String given) {
      Matcher label = LABEL.matcher(given == null ? "" : given);
      while (label.find()) {
        if (!label.group(1).equals("le") && !label.group(1).equals("quantile")) {
          labels.computeIfAbsent(label.group(1), _ -> new TreeSet<>()).add(label.group(2));
        }
      }
    }

    void keepsTheConventions() {
      assertThat(help.strip()).as("what %s means", name).hasSizeGreaterThan(9);
      assertThat(name).matches("monkey(_[a-z0-9]+)+");
      assertThat(name.endsWith("_total"))
          .as("%s, a %s", name, type)
          .isEqualTo("counter".equals(type));
      List<String> words = List.of(name.replaceFirst("_(total|info)$", "").split("_"));
      assertThat(words)
          .as("units of %s are basic ones", name)
          .doesNotContainAnyElementsOf(NO_UNITS);
      assertThat(words.subList(0, words.size() - 1))
          .as("the unit of %s stands at its end", name)
          .doesNotContainAnyElementsOf(UNITS);
      assertThat(labels.keySet())
          .as("labels of %s", name)
          .allMatch(label -> label.matches("[a-z]+(_[a-z]+)*"))
          .doesNotContain("instance", "job");
    }

    private String unit() {
      String last = name.replaceFirst("_total$", "").replaceFirst(".*_", "");
      return UNITS.contains(last) ? last : "";
    }

    String row() {
      String given =
          labels.entrySet().stream()
              .map(label ->
                  // Which servers there are is known; a monitor has its own alone.
                  label.getKey().equals("server")
                      ? "`server`"
                      : "`%s`: %s".formatted(label.getKey(), String.join(", ", label.getValue())))
              .collect(Collectors.joining("; "));
      return "| `%s` | %s | %s | %s | %s |\n"
          .formatted(name, type, unit(), given, help.replace("|", "\\|"));
    }
  }
}
