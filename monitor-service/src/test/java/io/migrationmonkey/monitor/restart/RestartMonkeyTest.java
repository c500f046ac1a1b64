package io.migrationmonkey.monitor.restart;

import static io.migrationmonkey.monitor.restart.FakeHelper.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.access.SecretFile;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.ApplicationReport;
import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.LeaseKey;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.monitor.orders.Errand;
import io.migrationmonkey.monitor.orders.Migrator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Production's Restart Monkey with a real Redis, a real socket and a real HTTP server. */
class RestartMonkeyTest {

  private static final String ON = unit("active", "enabled") + "\n" + unit("active", "enabled");
  private static final String OFF = unit("failed", "enabled") + "\n" + unit("active", "enabled");
  private static final String ALL_OFF =
      unit("inactive", "disabled") + "\n" + unit("inactive", "disabled");

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> ordered = new CopyOnWriteArrayList<>();
  private volatile int health = 200;
  private RealRedis server;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private HttpServer web;
  private FakeHelper helper;
  private Eyes eyes;
  private RestartMonkey monkey;

  @BeforeEach
  void start() throws Exception {
    server = RealRedis.started();
    connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration("127.0.0.1", server.port()),
            LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(1)).build());
    connections.start();
    redis = new StringRedisTemplate(connections);
    redis.afterPropertiesSet();
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(health, -1);
          exchange.close();
        });
    web.createContext(
        "/api/migrations",
        exchange -> {
          if (exchange.getRequestMethod().equals("POST")) {
            ordered.add(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.getResponseHeaders().add("Location", "/api/migrations/m1");
            exchange.sendResponseHeaders(202, -1);
          } else {
            byte[] view = "{\"state\":\"RUNNING\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, view.length);
            exchange.getResponseBody().write(view);
          }
          exchange.close();
        });
    web.start();
    URI url = URI.create("http://127.0.0.1:" + web.getAddress().getPort());
    Path socket = folder.resolve("hands.sock");
    helper = new FakeHelper(socket);
    Hands hands = new Hands(socket, Clock.systemUTC());
    eyes =
        new Eyes(
            hands,
            List.of("db.service", "web.service"),
            new Health(url.resolve("/health"), Duration.ofSeconds(2)),
            clock);
    monkey =
        new RestartMonkey(
            ServerName.PRODUCTION,
            true,
            new Records(redis, ServerName.PRODUCTION),
            eyes,
            hands,
            new RestartLimits(
                3, Duration.ofMinutes(5), Duration.ofSeconds(20), Duration.ofSeconds(15)),
            new Errand(
                ServerName.PRODUCTION,
                new Migrator(
                    url,
                    new SecretFile(
                        "monkey.migrator.token-file",
                        TestTokens.write(
                            folder.resolve("migrator-token"), TestTokens.MONITOR, "rw-------")),
                    null,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5)),
                clock,
                meters),
            clock,
            meters);
    activeIs(ServerName.PRODUCTION, "migrator", 1);
  }

  @AfterEach
  void stop() {
    monkey.close();
    helper.close();
    web.stop(0);
    connections.destroy();
    server.close();
  }

  @Test
  void startsWhatIsDownUnderALeaseThatIsGivenBackAndTellsOfIt() {
    answer(OFF, "done");
    monkey.turn();
    assertThat(helper.orders()).containsExactly("start 1 restart-production");
    assertThat(redis.hasKey(LeaseKey.LEASE)).isFalse();
    Event event = Wire.read(redis.opsForList().index(Event.KEY, 0), Event.class);
    assertThat(event.what()).isEqualTo(Event.What.RESTARTED);
    assertThat(event.by()).isEqualTo("restart monkey on production");
    assertThat(event.text()).contains("db.service is failed").contains("done");
    assertThat(report().state()).isEqualTo(State.SICK);
    assertThat(
            meters
                .counter(
                    "monkey.restarts", "server", "production", "action", "start", "outcome", "done")
                .count())
        .isEqualTo(1);
  }

  @Test
  void asksTheUnitsOnlyNowAndThenWhileItsHealthIsGood() {
    answer(ON, "done");
    monkey.turn();
    assertThat(monkey.seen().why()).isEqualTo("active, the application is well");
    assertThat(report().state()).isEqualTo(State.WELL);
    answer(OFF, "done");
    monkey.turn();
    assertThat(helper.orders()).as("the look is a moment old").isEmpty();
    health = 502;
    monkey.turn();
    assertThat(helper.orders()).hasSize(1);
    health = 200;
    answer(ON, "done");
    clock.advance(Duration.ofSeconds(10));
    monkey.turn();
    answer(OFF, "done");
    clock.advance(Duration.ofSeconds(10));
    monkey.turn();
    assertThat(helper.orders()).hasSize(2);
  }

  @Test
  void doesNothingWhileAnotherHasTheLease() {
    answer(OFF, "done");
    redis.opsForValue().set(LeaseKey.LEASE, "7 m20260101-020000-abcd");
    monkey.turn();
    assertThat(helper.orders()).isEmpty();
    assertThat(monkey.seen().why()).isEqualTo("m20260101-020000-abcd is under way");
    redis.opsForValue().set(LeaseKey.LEASE, "8 warm-20260101-020000-abcd");
    monkey.turn();
    assertThat(helper.orders()).hasSize(1);
  }

  @Test
  void decidesAnewOnceNobodyElseCanAct() {
    // The switch moves between the look and the act.
    helper.answers(request -> {
      activeIs(ServerName.BACKUP, "m20260101-020000-abcd", 2);
      return OFF;
    });
    monkey.turn();
    assertThat(helper.orders()).isEmpty();
    assertThat(redis.hasKey(LeaseKey.LEASE)).isFalse();
  }

  @Test
  void whatTheHelperRefusesIsNoRestart() {
    answer(OFF, "refused: the lease is '9 m1' now");
    for (int i = 0; i < 5; i++) {
      monkey.turn();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(helper.orders()).hasSize(5);
    assertThat(monkey.seen().restarts()).isEmpty();
    assertThat(redis.hasKey(Event.KEY)).isFalse();
    assertThat(ordered).isEmpty();
  }

  @Test
  void ordersAMigrationWhenRestartsAreInVain() {
    answer(OFF, "failed: see 'systemctl status'");
    for (int i = 0; i < 60; i++) {
      monkey.turn();
      clock.advance(Duration.ofSeconds(1));
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> ordered.size() == 1);
    assertThat(ordered.getFirst())
        .contains("times within 300 s in vain: db.service is failed")
        .contains("\"from\":\"production\"")
        .contains("\"trigger\":\"monitor\"");
    assertThat(redis.opsForList().range(Event.KEY, 0, -1))
        .filteredOn(line -> line.contains("RESTARTS_IN_VAIN"))
        .hasSize(1);
  }

  @Test
  void stopsWhatSomebodyHasStartedOnTheStandby() {
    activeIs(ServerName.BACKUP, "m20260101-020000-abcd", 2);
    answer(ALL_OFF, "done");
    monkey.turn();
    assertThat(report().state()).isEqualTo(State.OFF);
    answer(ON, "done");
    for (int i = 0; i < 60 && helper.orders().isEmpty(); i++) {
      clock.advance(Duration.ofSeconds(1));
      monkey.turn();
    }
    assertThat(helper.orders()).as(monkey.seen().why()).hasSize(1);
    assertThat(helper.orders().getFirst()).matches("stop \\d+ restart-production");
    assertThat(redis.opsForList().index(Event.KEY, 0)).contains("STOPPED_ON_STANDBY");
  }

  @Test
  void afterASwitchByHandAndInAPauseItKeepsStill() {
    redis.opsForValue().set(SwitchKey.SWITCH, "true");
    answer(ON, "done");
    for (int i = 0; i < 60; i++) {
      clock.advance(Duration.ofSeconds(1));
      monkey.turn();
    }
    activeIs(ServerName.BACKUP, "m20260101-020000-abcd", 2);
    redis.opsForValue().set("migration:pause", "{}");
    for (int i = 0; i < 60; i++) {
      clock.advance(Duration.ofSeconds(1));
      monkey.turn();
    }
    activeIs(ServerName.PRODUCTION, "m20260101-020000-abcd", 3);
    answer(OFF, "done");
    clock.advance(Duration.ofSeconds(10));
    monkey.turn();
    assertThat(helper.orders()).isEmpty();
    assertThat(monkey.seen().why()).contains("paused");
  }

  @Test
  void whileRedisIsAwayItStartsWhatWasActiveWithoutALease() {
    answer(ON, "done");
    monkey.turn();
    server.stop();
    answer(OFF, "done");
    clock.advance(Duration.ofSeconds(10));
    monkey.turn();
    assertThat(helper.orders()).containsExactly("start -");
    server.start();
  }

  @Test
  void anAnswerThatIsNotUnderstoodIsNoSight() {
    answer("gibberish", "");
    monkey.turn();
    assertThat(monkey.seen().application()).isEqualTo(State.UNKNOWN);
    assertThat(monkey.seen().why()).contains("gibberish");
    answer(unit("active", "enabled"), "");
    monkey.turn();
    assertThat(monkey.seen().why()).contains("1 units");
    helper.close();
    monkey.turn();
    assertThat(monkey.seen().why()).contains("hands.sock");
  }

  @Test
  void aHelperThatDoesNotAnswerIsGivenUp() {
    helper.answers(request -> {
      await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
      return "";
    });
    Hands hands = new Hands(folder.resolve("hands.sock"), Clock.systemUTC());
    assertThatThrownBy(() -> hands.ask("look", Duration.ofMillis(200)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer within 200 ms");
  }

  @Test
  void aCommandThatSaysWhetherItIsWellIsRunByTheHelper() throws Exception {
    Eyes byCommand =
        new Eyes(
            new Hands(folder.resolve("hands.sock"), Clock.systemUTC()),
            List.of("db.service"),
            new Health(null, Duration.ofSeconds(3)),
            clock);
    helper.answers(
        request -> unit("active", "enabled") + (request.equals("look 3") ? "\nHealth=2\n" : ""));
    assertThat(byCommand.look(false).state()).isEqualTo(State.SICK);
    assertThat(byCommand.lookNow(true).state()).isEqualTo(State.WELL);
    helper.answers(request -> unit("active", "enabled") + "\nHealth=0\n");
    assertThat(byCommand.lookNow(false).state()).isEqualTo(State.WELL);
  }

  private void answer(String look, String act) {
    helper.answers(request -> request.startsWith("look") ? look : act);
  }

  private void activeIs(ServerName active, String by, long epoch) {
    redis.opsForValue().set(SwitchKey.SWITCH, SwitchKey.valueFor(active));
    redis
        .opsForHash()
        .putAll(
            SwitchKey.RECORD,
            Map.of("active", active.toString(), "epoch", Long.toString(epoch), "by", by));
  }

  private ApplicationReport report() {
    return Wire.read(
        redis.opsForValue().get(ApplicationReport.key(ServerName.PRODUCTION)),
        ApplicationReport.class);
  }
}
