package io.migrationmonkey.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.RedisWithUsers;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.parity.ParityStore;
import io.migrationmonkey.migrator.switching.Fences;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** All that the migrator does with Redis, as the user that an installation gives it. */
@ExtendWith(OutputCaptureExtension.class)
class LeastRightsIT {

  @TempDir Path directory;

  @Test
  void itDoesAllItsWorkWithNoMoreThanItsOwnUserMay(CapturedOutput output) throws Exception {
    RedisClient client = RedisClient.create();
    try (RedisWithUsers redis = RedisWithUsers.started(directory);
        ConfigurableApplicationContext service = start(redis)) {
      Switchboard switchboard = service.getBean(Switchboard.class);
      await().atMost(Duration.ofSeconds(20)).until(() -> active(switchboard) != null);
      client
          .connect(RedisURI.create(redis.uri("proxy")))
          .sync()
          .set(
              ProxyReport.key("p1"),
              Wire.write(
                  new ProxyReport(
                      "p1", ServerName.PRODUCTION, 1, null, 0, 0, 0, 0, Instant.EPOCH)));

      assertThat(switchboard.proxies()).hasSize(1);
      Lease lease = switchboard.lease("m-1").orElseThrow();
      assertThat(switchboard.leased()).contains(lease);
      assertThat(switchboard.keep(lease)).isEqualTo(Switchboard.Renewal.KEPT);
      switchboard.hold(lease, Duration.ofSeconds(5));
      SwitchState seen = switchboard.read();
      assertThat(switchboard.flip(lease, seen, "test", true)).isEqualTo(seen.epoch() + 1);
      assertThat(switchboard.landed("m-1")).isTrue();
      assertThat(switchboard.forbidFlip("m-2", switchboard.read(), "word"))
          .isEqualTo(Switchboard.Fate.NOT_LANDED);
      assertThat(switchboard.aborted("m-2")).contains("word");
      switchboard.setByHand(lease, ServerName.PRODUCTION, 10, "ann", "test");
      switchboard.release("m-1");
      switchboard.giveBack(lease);

      Journal journal = service.getBean(Journal.class);
      JournalEntry ordered =
          new JournalEntry(
              Instant.EPOCH,
              Kind.ORDERED,
              null,
              "",
              Map.of(
                  Fact.TRIGGER, "HAND",
                  Fact.FROM, "production",
                  Fact.TO, "backup",
                  Fact.REASON, "r",
                  Fact.EPOCH_BEFORE, "1",
                  Fact.DRY_RUN, "false"));
      JournalEntry ended =
          new JournalEntry(Instant.EPOCH, Kind.ENDED, null, "", Map.of(Fact.STATE, "SUCCEEDED"));
      for (int i = 0; i < 203; i++) {
        journal.open("m-" + i, ordered);
        journal.append("m-" + i, ended);
      }
      journal.restore("m-9", List.of(ordered, ended));
      assertThat(journal.latest(200)).hasSize(200);
      assertThat(journal.unfinished()).isEmpty();
      assertThat(journal.claim("key", "m-9")).isEmpty();
      assertThat(journal.claim("key", "m-8")).contains("m-9");
      journal.unclaim("key");

      Events events = service.getBean(Events.class);
      events.tell("ann", Event.What.PAUSED, "test");
      assertThat(events.latest(10)).isNotEmpty();
      Pause pause = service.getBean(Pause.class);
      pause.set("ann", "test");
      assertThat(pause.lift()).isPresent();
      Fences fences = service.getBean(Fences.class);
      fences.fence(ServerName.BACKUP, "m-1", "test", true);
      assertThat(fences.find(ServerName.BACKUP)).isPresent();
      fences.lift(ServerName.BACKUP);
      assertThat(service.getBean(ParityStore.class).warmRun()).isEmpty();

      for (String path : List.of("/api/servers", "/api/parity?refresh=true", "/api/events")) {
        assertThat(get(service, path).statusCode()).as(path).isEqualTo(200);
      }
      assertThat(get(service, "/actuator/health").body()).contains("\"redis\"").contains("UP");
      assertThat(output).doesNotContain("NOPERM");
      assertThat(output)
          .doesNotContain(RedisWithUsers.password("migrator"))
          .doesNotContain(TestTokens.OPERATING);
    } finally {
      client.shutdown();
    }
  }

  private static Object active(Switchboard switchboard) {
    try {
      return switchboard.read().active();
    } catch (RuntimeException notYet) {
      return null;
    }
  }

  private static HttpResponse<String> get(ConfigurableApplicationContext service, String path)
      throws Exception {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", TestTokens.bearer(TestTokens.VIEWING))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private ConfigurableApplicationContext start(RedisWithUsers redis) throws Exception {
    return RunningMigrator.in(directory, redis.uri("migrator"));
  }
}
