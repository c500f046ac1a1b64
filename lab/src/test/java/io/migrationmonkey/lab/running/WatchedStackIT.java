package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.stack.Patience;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Prometheus sees all of it. */
@Order(1)
class WatchedStackIT {

  /** A name that a service gives or a rule records; functions and labels look different. */
  private static final Pattern METRIC = Pattern.compile("\\b([a-z]+:)?monkey[_:][a-z_]+(:[a-z]+)?");

  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  @Test
  @Order(1)
  void everyServiceAndBothMonitorsAreScraped() throws Exception {
    List<String> targets =
        Patience.until(
            "Prometheus to have scraped every target",
            RunningStack.SOON,
            () ->
                Optional.of(targets()).filter(all -> all.stream().allMatch(t -> t.endsWith("up"))));
    assertThat(targets)
        .filteredOn(target -> !target.startsWith("prometheus"))
        .containsExactlyInAnyOrder("migrator up", "proxy up", "monitor up", "monitor up");
  }

  @Test
  @Order(2)
  void theMemoryOfEachServerIsThere() throws Exception {
    Set<String> servers =
        Patience.until(
            "monkey_memory_used_ratio of two servers",
            RunningStack.SOON,
            () -> Optional.of(serversWithMemory()).filter(found -> found.size() == 2));
    assertThat(servers).containsExactly("backup", "production");
  }

  @Test
  @Order(3)
  void everyRuleIsWorkedOutAndEveryMetricThatItAsksForIsThere() throws Exception {
    List<JsonNode> rules =
        Patience.until(
            "Prometheus to have worked out every rule",
            RunningStack.SOON,
            () ->
                Optional.of(rules())
                    .filter(all ->
                        all.stream()
                            .noneMatch(rule -> rule.path("health").asString().equals("unknown"))));
    assertThat(rules).hasSizeGreaterThan(15);
    assertThat(rules)
        .allSatisfy(
            rule -> assertThat(rule.path("health").asString()).as("%s", rule).isEqualTo("ok"));
    Set<String> metrics = new TreeSet<>();
    for (JsonNode rule : rules) {
      METRIC.matcher(rule.path("query").asString()).results().forEach(m -> metrics.add(m.group()));
    }
    assertThat(metrics)
        .hasSizeGreaterThan(10)
        .allSatisfy(metric -> assertThat(series(metric)).as(metric).isNotEmpty());
  }

  private static List<JsonNode> rules() throws IOException {
    return query("/api/v1/rules")
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  private static JsonNode series(String query) throws IOException {
    return query("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
        .path("result");
  }

  private static List<String> targets() throws IOException {
    return query("/api/v1/targets?state=active")
        .path("activeTargets")
        .valueStream()
        .map(target ->
            target.path("labels").path("job").asString() + " " + target.path("health").asString())
        .toList();
  }

  private static Set<String> serversWithMemory() throws IOException {
    Set<String> servers = new TreeSet<>();
    for (JsonNode series : series("monkey_memory_used_ratio > 0 < 1")) {
      servers.add(series.path("metric").path("server").asString());
    }
    return servers;
  }

  private static JsonNode query(String path) throws IOException {
    Answer answer = running.stack.get(running.stack.addresses().prometheus(), path);
    if (answer.status() != 200) {
      throw new IOException("Prometheus says " + answer);
    }
    return answer.as(JsonNode.class).path("data");
  }
}
