package io.migrationmonkey.proxy.underload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.proxy.underload.Crowd.Answered;
import io.migrationmonkey.proxy.underload.Crowd.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One flip after the other, under clients of every kind, with both servers up. */
class FlipsUnderLoadTest {

  private static final double STALL_MILLIS = 50;

  /** A machine that others use too stalls a request now and then; not in every one of these. */
  private static final int SERIES = 4;

  @TempDir Path directory;
  private Stage stage;
  private RunningProxy proxy;

  /**
   * One flip.
   *
   * @param ordered when the switch was set
   * @param reported when the proxy had reported it
   */
  private record Flip(long ordered, long reported, String server) {}

  @BeforeEach
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void start() throws Exception {
    stage = new Stage(directory);
    // Longer than the pause between two flips, no WebSocket would ever be ended.
    proxy = stage.proxy(RunningProxy.freePort(), "--monkey.traffic.drain-deadline=5ms");
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aHundredFlipsInARowAreNoticedByNobody() throws Exception {
    nobodyNotices(100);
  }

  @Test
  @Tag("long")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void aThousandFlipsInARowAreNoticedByNobody() throws Exception {
    nobodyNotices(1000);
  }

  /** How long the longest of thousands waited is judged by the best series, all else in each. */
  private void nobodyNotices(int times) throws Exception {
    List<Double> beyond = new ArrayList<>();
    while (beyond.size() < SERIES && beyond.stream().noneMatch(millis -> millis < 0)) {
      beyond.add(series(times));
    }
    assertThat(beyond)
        .as("the longest stall of each series, in ms beyond what is allowed")
        .anyMatch(millis -> millis < 0);
  }

  private double series(int times) throws Exception {
    List<Flip> flips = new ArrayList<>();
    try (Crowd warmUp = Crowd.at(proxy.port)) {
      await().atMost(Duration.ofMinutes(4)).until(() -> warmUp.count() > 5_000);
    }
    Crowd calm = Crowd.at(proxy.port);
    try (calm) {
      await().atMost(Duration.ofMinutes(4)).until(() -> calm.count() > 30 * times);
    }
    Crowd crowd = Crowd.at(proxy.port);
    try (crowd) {
      await().until(() -> crowd.count() > 500);
      for (int i = 0; i < times; i++) {
        long ordered = System.nanoTime();
        stage.flip();
        stage.awaitReport("p0");
        flips.add(new Flip(ordered, System.nanoTime(), stage.active().toString()));
        int now = crowd.count();
        await()
            .pollInterval(Duration.ofMillis(1))
            .pollDelay(Duration.ZERO)
            .until(() -> crowd.count() > now + 25);
      }
    }
    List<Answered> answers = crowd.answers();
    int[] checked = new int[1];
    List<String> wrong = wrongServer(answers, flips, checked);
    double[] stalls = millisOfGets(answers);
    double[] control = millisOfGets(calm.answers());
    System.out.printf(
        "%d flips under load: %s; %d WebSockets and event streams ended; %d answers of one epoch alone;"
            + " GETs: median %.1f, p99 %.1f, longest %.1f ms; without flips: median %.1f, p99 %.1f,"
            + " longest %.1f ms%n",
        times,
        byKind(answers),
        crowd.longLivedEnded(),
        checked[0],
        at(stalls, 0.5),
        at(stalls, 0.99),
        at(stalls, 1),
        at(control, 0.5),
        at(control, 0.99),
        at(control, 1));

    assertThat(calm.failures()).as("failed without flips").isEmpty();
    assertThat(crowd.failures()).as("failed").isEmpty();
    assertThat(wrong).as("answered by the server of another epoch").isEmpty();
    assertThat(checked[0]).as("answers within one epoch").isGreaterThan(times * 10);
    assertThat(byKind(answers)).containsOnlyKeys(Kind.values());
    assertThat(crowd.longLivedEnded()).as("ended by a flip").isGreaterThan(times / 10);
    Map<String, Integer> posts = stage.application.posts();
    assertThat(posts.values()).as("times each post arrived").containsOnly(1);
    assertThat(posts.keySet()).containsAll(crowd.posted());
    assertThat(proxy.metric("monkey_requests_total{outcome=\"refused\"}")).isZero();
    assertThat(proxy.metric("monkey_requests_total{outcome=\"broken\"}")).isZero();
    // What the machine does to a request without any flip is not the flip's. Where it stalls by
    // itself, the longest of many is a matter of luck.
    double machine = at(control, 1) < STALL_MILLIS ? 0 : 2 * at(control, 1);
    return at(stalls, 1) - STALL_MILLIS - machine;
  }

  /** An answer between one report and the next order can come from one server only. */
  private static List<String> wrongServer(List<Answered> answers, List<Flip> flips, int[] checked) {
    List<String> wrong = new ArrayList<>();
    for (Answered answer : answers) {
      int latest = latestReportedBy(flips, answer.began());
      if (latest < 0) {
        continue;
      }
      boolean last = latest + 1 == flips.size();
      if (last || answer.ended() < flips.get(latest + 1).ordered()) {
        checked[0]++;
        if (!answer.server().equals(flips.get(latest).server())) {
          wrong.add(answer + " instead of " + flips.get(latest));
        }
      }
    }
    return wrong;
  }

  private static int latestReportedBy(List<Flip> flips, long moment) {
    int low = 0;
    int high = flips.size();
    while (low < high) {
      int middle = (low + high) / 2;
      if (flips.get(middle).reported() <= moment) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private static double[] millisOfGets(List<Answered> answers) {
    return answers.stream()
        .filter(each -> each.kind() == Kind.GET)
        .mapToDouble(Answered::millis)
        .sorted()
        .toArray();
  }

  private static double at(double[] sorted, double part) {
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * part))];
  }

  private static Map<Kind, Long> byKind(List<Answered> answers) {
    return answers.stream()
        .collect(Collectors.groupingBy(Answered::kind, TreeMap::new, Collectors.counting()));
  }
}
