package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Not only the guestbook. The stack's two servers are given another application, by the same
 * playbook that gave them the guestbook, and the migrator another setting.
 */
@Tag("long")
@Order(90)
class OtherApplicationsStackIT {

  // A machine on which other tests run takes more than a minute to start a service.
  private static final Duration RESTARTED = Duration.ofMinutes(4);
  private static final Duration UNDER_LOAD = Duration.ofSeconds(3);
  private static final List<String> GUESTBOOK = List.of("guestbook", "nginx");

  private static RunningStack running;
  private static ServerName guestbookOn;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
    guestbookOn = active();
    replaceBy("hello", GUESTBOOK);
  }

  @AfterAll
  static void theGuestbookAgain() throws Exception {
    replaceBy("guestbook", List.of("hello", "postgresql"));
    running.shell(guestbookOn, "systemctl enable --now " + String.join(" ", GUESTBOOK));
  }

  @Test
  @Order(1)
  void anApplicationWithoutDataMovesAndNoRequestIsHeld() throws Exception {
    ServerName from = active();
    Patience.until(
        "hello through the proxy",
        RunningStack.SOON,
        () ->
            Optional.of(running.stack.get(running.stack.addresses().traffic(), "/"))
                .filter(answer -> answer.body().strip().equals(from.toString())));
    double heldBefore = held();
    MigrationView view;
    try (Greetings load = Greetings.start(running.stack.addresses().traffic(), 8)) {
      Patience.pause(UNDER_LOAD);
      view = running.ended(running.order("{\"reason\":\"an application without data\"}"));
      Patience.pause(UNDER_LOAD);
      load.close();
      System.out.printf(
          "hello moved under load: answers %s, %d failed, the longest took %d ms, %.0f held%n",
          load.answeredBy(),
          load.failures().size(),
          load.longest().toMillis(),
          held() - heldBefore);
      assertThat(load.failures()).isEmpty();
      assertThat(load.answeredBy()).containsOnlyKeys("production", "backup");
    }
    assertThat(view.succeeded()).as(view.outcome()).isTrue();
    assertThat(active()).isEqualTo(from.other());
    assertThat(held() - heldBefore).isZero();
    assertThat(view.requestsHeld()).isIn(null, 0L);
    assertThat(view.stepsSoFar()).noneMatch(step -> step.name().equals("HOLD_TRAFFIC"));
    assertThat(running.shell(from, "systemctl is-active hello || true")).isEqualTo("inactive");
  }

  @Test
  @Order(2)
  void everyCommitThatPostgresqlHasAcknowledgedIsThereOnceAfterAMoveUnderLoad() throws Exception {
    ServerName from = active();
    replaceBy("postgresql", List.of("hello"));
    MigrationView view;
    Map<String, Integer> lines;
    try (Commits commits = Commits.start(running.stack.addresses(), 4)) {
      Patience.pause(UNDER_LOAD);
      view = running.ended(running.order("{\"reason\":\"PostgreSQL\"}"));
      int whenMoved = commits.acknowledged().size();
      Patience.pause(UNDER_LOAD);
      commits.close();
      assertThat(view.succeeded()).as(view.outcome()).isTrue();
      lines = commits.lines();
      System.out.printf(
          "PostgreSQL moved under load: %d commits acknowledged (%d after the move), %d unknown,"
              + " %d never sent, %d reconnects, no commit for %d ms at the longest%n",
          commits.acknowledged().size(),
          commits.acknowledged().size() - whenMoved,
          commits.unknown().size(),
          commits.refused().size(),
          commits.reconnects(),
          commits.longestStall().toMillis());
      assertThat(commits.acknowledged()).hasSizeGreaterThan(whenMoved).isNotEmpty();
      assertThat(commits.reconnects()).isPositive();
      assertThat(commits.acknowledged()).allMatch(line -> lines.getOrDefault(line, 0) == 1);
      assertThat(commits.unknown()).allMatch(line -> lines.getOrDefault(line, 0) <= 1);
      assertThat(commits.refused()).noneMatch(lines::containsKey);
      assertThat(lines.keySet())
          .allMatch(
              line -> commits.acknowledged().contains(line) || commits.unknown().contains(line));
    }
    assertThat(active()).isEqualTo(from.other());
    assertThat(running.shell(from, "pgrep -c postgres || true")).isEqualTo("0");
    assertThat(running.journal(view.id()))
        .anyMatch(line -> line.startsWith("COPY_LAST_CHANGES DONE") && line.contains("agree"));
  }

  /** What was there stops for good, and the playbook puts the other in its place. */
  private static void replaceBy(String application, List<String> before) throws Exception {
    ServerName active = active();
    for (ServerName server : ServerName.values()) {
      running.shell(
          server, "systemctl disable --quiet --now %s || true".formatted(String.join(" ", before)));
    }
    running.stack.containers().provision(application, active);
    running.stack.containers().stop("migrator");
    running.stack.containers().start("migrator");
    running.stack.awaitMigrator(RESTARTED);
  }

  private static ServerName active() throws Exception {
    return SwitchKey.active(running.stack.containers().switchValue());
  }

  /** Of all requests since the proxy's start, those that were held. */
  private static double held() throws Exception {
    return running
        .stack
        .get(running.stack.addresses().proxy(), "/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith("monkey_requests_held_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
