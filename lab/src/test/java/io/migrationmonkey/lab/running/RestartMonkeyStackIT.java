package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The smallest remedy that works, on real servers: the service, then a move, then a reboot. It
 * needs a stack with a short cool-down and reboots that are always open, as ./check starts it.
 */
@Order(85)
class RestartMonkeyStackIT {

  private static final Duration BACK = Duration.ofSeconds(3);

  /** At most so many, until one is soon enough: what shares the machine may slow any one down. */
  private static final int TRIES = 2;

  private static final Duration LOADED = Duration.ofSeconds(3);
  private static final String CRASHES = "/etc/systemd/system/guestbook.service.d/99-crashes.conf";

  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  @AfterAll
  static void nothingCrashesOrAsksForAReboot() throws Exception {
    for (ServerName server : ServerName.values()) {
      running.shell(
          server, "rm -f %s /run/reboot-required; systemctl daemon-reload".formatted(CRASHES));
    }
  }

  @Test
  @Order(1)
  void aServiceThatIsKilledIsBackWithinThreeSeconds() throws Exception {
    ServerName active = active();
    awaitWell(active);
    for (String unit : new String[] {"nginx", "guestbook"}) {
      Duration best = Duration.ofDays(1);
      for (int i = 0; i < TRIES && best.compareTo(BACK) >= 0; i++) {
        Duration took = killed(active, unit);
        best = took.compareTo(best) < 0 ? took : best;
        awaitWell(active);
      }
      assertThat(best).as(unit).isLessThan(BACK);
    }
    assertThat(events()).contains("RESTARTED").contains("nginx.service is failed");
    assertThat(active()).as("nothing moved").isEqualTo(active);
  }

  /** How long its users are without it: from just before the kill to the first answer after it. */
  private static Duration killed(ServerName active, String unit) throws Exception {
    String millis =
        running.shell(
            active,
            """
            python3 - <<'END'
            import subprocess, sys, time, urllib.request
            def healthy():
                try:
                    return urllib.request.urlopen("http://127.0.0.1/health", timeout=2).status == 200
                except OSError:
                    return False
            before = time.monotonic()
            subprocess.check_call(["systemctl", "kill", "--signal=KILL", "--kill-who=all", "%s"])
            while healthy():
                if time.monotonic() - before > 30: sys.exit("it is not gone")
            while not healthy():
                if time.monotonic() - before > 60: sys.exit("it is not back")
                time.sleep(0.02)
            print(round(1000 * (time.monotonic() - before)))
            END
            """
                .formatted(unit));
    System.out.printf("%s was killed and back after %s ms%n", unit, millis);
    return Duration.ofMillis(Long.parseLong(millis));
  }

  @Test
  @Order(2)
  void whatSomebodyStartsOnTheStandbyIsStoppedAndToldOf() throws Exception {
    ServerName standby = active().other();
    running.shell(
        standby,
        "mkdir -p /run/migration-monkey; echo %d > /run/migration-monkey/start-ordered;"
                .formatted(running.stack.epoch())
            + " systemctl start guestbook nginx");
    long started = System.nanoTime();
    Patience.until(
        "the standby's application to be stopped",
        RunningStack.SOON,
        () ->
            Optional.of(
                    running
                        .stack
                        .containers()
                        .exec(
                            standby.toString(),
                            "sh",
                            "-c",
                            "systemctl is-active guestbook nginx || true"))
                .filter(states -> states.lines().allMatch("inactive"::equals)));
    System.out.printf(
        "what was started on the standby was stopped after %d s%n",
        Duration.ofNanos(System.nanoTime() - started).toSeconds());
    // It is told once the units are disabled too, a moment after they stand still.
    String told =
        Patience.until(
            "an event that tells of it",
            RunningStack.SOON,
            () -> Optional.of(events()).filter(all -> all.contains("STOPPED_ON_STANDBY")));
    assertThat(told).contains("restart monkey on " + standby);
    assertThat(healthy(standby.other())).isTrue();
  }

  @Test
  @Order(3)
  void aServiceThatCrashesEachTimeIsMovedToTheOtherServer() throws Exception {
    ServerName left = active();
    running.shell(
        left,
        """
        mkdir -p /etc/systemd/system/guestbook.service.d
        printf '[Service]\\nExecStartPre=/bin/false\\n' > %s
        systemctl daemon-reload
        systemctl kill --signal=KILL --kill-who=all guestbook
        """
            .formatted(CRASHES));
    MigrationView view =
        Patience.until(
            "a migration by the monitor to end",
            RunningStack.MIGRATED,
            () ->
                running.stack.migrations().all().stream()
                    .filter(one -> String.valueOf(one.reason()).contains("in vain"))
                    .findFirst()
                    .filter(MigrationView::ended));
    assertThat(view.succeeded()).as(view.outcome()).isTrue();
    assertThat(view.reason()).contains("restarted").contains("guestbook.service");
    assertThat(active()).isEqualTo(left.other());
    assertThat(healthy(left.other())).isTrue();
    assertThat(events()).contains("RESTARTS_IN_VAIN");
    nothingCrashesOrAsksForAReboot();
  }

  @Test
  @Order(4)
  void anActiveServerIsRebootedByRestAndNobodyNotices() throws Exception {
    ServerName left = active();
    String bootId = running.stack.containers().bootId(left);
    Ledger ledger = RunningStack.ledger("reboot");
    try (Load load = running.load(ledger)) {
      Patience.pause(LOADED);
      Answer answer = restart(left, "a new kernel");
      assertThat(answer.status()).as("%s", answer).isEqualTo(202);
      assertThat(restart(left.other(), "both").status()).as("never both").isEqualTo(409);
      String id = answer.as(JsonNode.class).path("id").asString();
      MigrationView view = running.ended(id);
      assertThat(view.succeeded()).as(view.outcome()).isTrue();
      awaitReboot(left, "SUCCEEDED");
      Patience.pause(LOADED);
      RunningStack.assertNoFailure(load.stop());
      System.out.printf("a reboot of the active server by REST: %s%n", load.figures());
    }
    assertThat(ledger.verify(running.texts(left.other())).holds()).isTrue();
    assertThat(running.stack.containers().bootId(left)).isNotEqualTo(bootId);
    assertThat(active()).isEqualTo(left.other());
  }

  @Test
  @Order(5)
  void whereBothServersAskForARebootBothGetItAndNobodyNotices() throws Exception {
    ServerName before = active();
    String production = running.stack.containers().bootId(ServerName.PRODUCTION);
    String backup = running.stack.containers().bootId(ServerName.BACKUP);
    Ledger ledger = RunningStack.ledger("round");
    try (Load load = running.load(ledger)) {
      Patience.pause(LOADED);
      for (ServerName server : ServerName.values()) {
        running.shell(server, "touch /run/reboot-required");
      }
      awaitBoot(before.other(), before == ServerName.PRODUCTION ? backup : production);
      assertThat(active()).as("the standby comes first").isEqualTo(before);
      awaitBoot(before, before == ServerName.PRODUCTION ? production : backup);
      awaitReboot(before, "SUCCEEDED");
      Patience.pause(LOADED);
      RunningStack.assertNoFailure(load.stop());
      System.out.printf("a round of reboots that both servers asked for: %s%n", load.figures());
    }
    assertThat(active()).isEqualTo(before.other());
    assertThat(ledger.verify(running.texts(before.other())).holds()).isTrue();
    for (ServerName server : ServerName.values()) {
      assertThat(running.shell(server, "ls /run/reboot-required 2>/dev/null || true")).isEmpty();
    }
  }

  private static void awaitBoot(ServerName server, String former) throws Exception {
    Patience.until(
        "%s to boot anew".formatted(server),
        RunningStack.MIGRATED,
        () -> {
          try {
            return Optional.of(running.stack.containers().bootId(server))
                .filter(bootId -> bootId.length() == former.length() && !bootId.equals(former));
          } catch (IOException down) {
            return Optional.empty();
          }
        });
  }

  private static void awaitReboot(ServerName server, String state) throws Exception {
    Patience.until(
        "the reboot of %s to be %s".formatted(server, state),
        RunningStack.MIGRATED,
        () ->
            get("/api/servers")
                .as(JsonNode.class)
                .valueStream()
                .filter(one -> one.path("name").asString().equals(server.toString()))
                .map(one -> one.path("reboot").path("state").asString())
                .filter(state::equals)
                .findFirst());
  }

  private static void awaitWell(ServerName server) throws Exception {
    int monitor =
        server == ServerName.PRODUCTION
            ? running.stack.addresses().productionMonitor()
            : running.stack.addresses().backupMonitor();
    Patience.until(
        "Restart Monkey to see that all is well on " + server,
        RunningStack.SOON,
        () ->
            Optional.of(running.stack.ask(monitor, "/api/application"))
                .filter(answer -> answer.body().contains("\"well\"")));
  }

  private static boolean healthy(ServerName server) {
    try {
      return running.stack.get(running.stack.addresses().application(server), "/health").status()
          == 200;
    } catch (IOException away) {
      return false;
    }
  }

  private static ServerName active() throws Exception {
    return SwitchKey.active(running.stack.containers().switchValue());
  }

  private static Answer restart(ServerName server, String reason) throws IOException {
    return running
        .stack
        .migrations()
        .send(
            Request.post(
                "/api/servers/%s/restarts".formatted(server),
                "{\"reason\":\"%s\",\"by\":\"a test\"}".formatted(reason)));
  }

  private static Answer get(String path) throws IOException {
    return running.stack.migrations().send(Request.get(path));
  }

  private static String events() throws IOException {
    return get("/api/events?limit=50").body();
  }
}
