package io.migrationmonkey.proxy.switching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.proxy.ProxySettings;
import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.GateSettings;
import io.migrationmonkey.proxy.routing.Route;
import io.migrationmonkey.proxy.routing.RouteSnapshot;
import io.migrationmonkey.proxy.routing.SnapshotSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.util.unit.DataSize;

class SwitchFollowerTest {

  // So long that nothing here can be the poll's work, except where a test says so.
  private static final Duration NO_POLL = Duration.ofMinutes(5);

  private final RealRedis redis = RealRedis.started();
  private Gate gate = newGate();

  private static Gate newGate() {
    return new Gate(
        new GateSettings(10, DataSize.ofMegabytes(1), Duration.ofSeconds(60)), Clock.systemUTC());
  }

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private RedisClient hand = RedisClient.create(redis.uri());
  private RedisCommands<String, String> cli = hand.connect().sync();
  private RedisClient client;
  @TempDir Path directory;
  private Path file;
  private SwitchFollower follower;

  @BeforeEach
  void start() {
    file = directory.resolve("route.json");
    start(NO_POLL);
  }

  private void start(Duration poll) {
    SwitchSettings settings =
        new SwitchSettings(
            poll, Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2));
    DataRedisConnectionDetails details =
        new DataRedisConnectionDetails() {
          @Override
          public Standalone getStandalone() {
            return Standalone.of("127.0.0.1", redis.port());
          }
        };
    client = new RedisConfiguration().switchRedis(details, settings);
    follower =
        new SwitchFollower(
            client,
            settings,
            new ProxySettings("p1", false),
            gate,
            new RouteSnapshot(new SnapshotSettings(file), metrics),
            Clock.systemUTC(),
            metrics);
    follower.start();
  }

  @AfterEach
  void stop() {
    follower.stop();
    client.shutdown();
    hand.shutdown();
    redis.close();
  }

  private void awaitRoute(ServerName server) {
    await().pollInterval(Duration.ofMillis(2)).until(() -> gate.active() == server);
  }

  private void awaitConnected(boolean connected) {
    await().until(() -> follower.connected() == connected);
  }

  private double gauge(String name) {
    return metrics.get(name).gauge().value();
  }

  private double trouble(Trouble.Kind kind) {
    return metrics
        .get("monkey_switch_trouble")
        .tag("reason", kind.name().toLowerCase())
        .gauge()
        .value();
  }

  private void restartRedisEmpty() {
    redis.stop();
    awaitConnected(false);
    redis.start();
    hand.shutdown();
    hand = RedisClient.create(redis.uri());
    cli = hand.connect().sync();
    awaitConnected(true);
  }

  @Test
  void theFirstReadingGivesTheRouteAndAPushEachChange() {
    awaitConnected(true);
    assertThat(gate.active()).isNull();
    cli.set(SwitchKey.SWITCH, "false");
    awaitRoute(ServerName.PRODUCTION);
    cli.set(SwitchKey.SWITCH, "true");
    awaitRoute(ServerName.BACKUP);
    assertThat(gauge("monkey_switch_connected")).isEqualTo(1);
  }

  @Test
  void aHoldIsFollowedWithWhatIsLeftOfItAndEndsWhenItsKeyDoes() {
    cli.set(SwitchKey.SWITCH, "false");
    awaitRoute(ServerName.PRODUCTION);
    cli.psetex(SwitchKey.HOLD, 20_000, "m-1");
    await().until(() -> "m-1".equals(gate.state().holding()));
    assertThat(Duration.between(Instant.now(), gate.state().hold().until()))
        .isBetween(Duration.ofSeconds(10), Duration.ofMillis(20_100));
    cli.del(SwitchKey.HOLD);
    await().until(() -> gate.state().holding() == null);
  }

  @Test
  void aFencedFlipIsSeenWhole() {
    cli.set(SwitchKey.SWITCH, "false");
    cli.psetex(SwitchKey.HOLD, 20_000, "m-1");
    await().until(() -> "m-1".equals(gate.state().holding()));
    cli.multi();
    cli.set(SwitchKey.SWITCH, "true");
    cli.hset(
        SwitchKey.RECORD,
        new SwitchRecord(ServerName.BACKUP, 5, "m-1", "memory", Instant.EPOCH).toHash());
    cli.del(SwitchKey.HOLD);
    cli.exec();
    await().until(() -> gate.state().holding() == null);
    assertThat(gate.state().route()).isEqualTo(new Route(ServerName.BACKUP, 5));
  }

  @Test
  void withoutRedisTheRouteStandsAndAMetricSaysSo() {
    cli.set(SwitchKey.SWITCH, "true");
    awaitRoute(ServerName.BACKUP);
    redis.stop();
    awaitConnected(false);
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
    assertThat(gauge("monkey_switch_connected")).isZero();
  }

  @Test
  void anEmptyRedisChangesNothingAndIsFollowedByPushAgain() {
    cli.set(SwitchKey.SWITCH, "true");
    awaitRoute(ServerName.BACKUP);
    restartRedisEmpty();
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
    assertThat(trouble(Trouble.Kind.SWITCH_MISSING)).isEqualTo(1);
    for (int i = 0; i < 5; i++) {
      ServerName next = gate.active().other();
      long start = System.nanoTime();
      cli.set(SwitchKey.SWITCH, SwitchKey.valueFor(next));
      awaitRoute(next);
      // Far below the poll of five minutes: it was the push of a connection that was armed again.
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }
    assertThat(trouble(Trouble.Kind.SWITCH_MISSING)).isZero();
  }

  @Test
  void redisMayComeLaterThanTheProxy() {
    follower.stop();
    client.shutdown();
    redis.stop();
    start(NO_POLL);
    redis.start();
    awaitConnected(true);
    hand.shutdown();
    hand = RedisClient.create(redis.uri());
    hand.connect().sync().set(SwitchKey.SWITCH, "true");
    awaitRoute(ServerName.BACKUP);
  }

  @Test
  void aConnectionKilledByTheServerIsReplacedAndArmed() {
    cli.set(SwitchKey.SWITCH, "false");
    awaitRoute(ServerName.PRODUCTION);
    for (int i = 0; i < 3; i++) {
      double before = metrics.get("monkey_switch_connects").counter().count();
      cli.clientKill(KillArgs.Builder.typeNormal().skipme());
      await().until(() -> metrics.get("monkey_switch_connects").counter().count() == before + 1);
      ServerName next = gate.active().other();
      cli.set(SwitchKey.SWITCH, SwitchKey.valueFor(next));
      awaitRoute(next);
    }
  }

  @Test
  void emptyingRedisKeepsTheRouteAndTheHold() {
    cli.set(SwitchKey.SWITCH, "true");
    cli.psetex(SwitchKey.HOLD, 20_000, "m-1");
    await().until(() -> "m-1".equals(gate.state().holding()));
    cli.flushall();
    await().until(() -> trouble(Trouble.Kind.SWITCH_MISSING) == 1);
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
    assertThat(gate.state().holding()).isEqualTo("m-1");
  }

  @Test
  void nonsenseInTheSwitchKeepsTheRoute() {
    cli.set(SwitchKey.SWITCH, "true");
    awaitRoute(ServerName.BACKUP);
    cli.set(SwitchKey.SWITCH, "maybe");
    await().until(() -> trouble(Trouble.Kind.SWITCH_MALFORMED) == 1);
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
    cli.del(SwitchKey.SWITCH);
    cli.lpush(SwitchKey.SWITCH, "true", "false");
    await().until(() -> trouble(Trouble.Kind.SWITCH_MALFORMED) == 1);
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
    assertThat(follower.connected()).isTrue();
  }

  @Test
  void keysOfTheWrongTypeAreTroubleAndNoMore() {
    cli.set(SwitchKey.SWITCH, "false");
    awaitRoute(ServerName.PRODUCTION);
    cli.set(SwitchKey.RECORD, "not a hash");
    await().until(() -> trouble(Trouble.Kind.RECORD_MALFORMED) == 1);
    cli.lpush(SwitchKey.HOLD, "not a string");
    await().until(() -> trouble(Trouble.Kind.HOLD_WITHOUT_DEADLINE) == 1);
    cli.set(SwitchKey.SWITCH, "true");
    awaitRoute(ServerName.BACKUP);
  }

  @Test
  void aRecordOfAnOldRedisIsNotFollowed() {
    cli.hset(
        SwitchKey.RECORD,
        new SwitchRecord(ServerName.BACKUP, 9, "m-1", "memory", Instant.EPOCH).toHash());
    cli.set(SwitchKey.SWITCH, "true");
    await().until(() -> gate.state().epoch() == 9);
    cli.hset(SwitchKey.RECORD, "epoch", "3");
    await().until(() -> trouble(Trouble.Kind.RECORD_STALE) == 1);
    cli.set(SwitchKey.SWITCH, "false");
    cli.hset(SwitchKey.RECORD, "epoch", "10");
    awaitRoute(ServerName.PRODUCTION);
  }

  @Test
  void aStartWaitsForTheFirstRouteThoughRedisIsSlow() throws Exception {
    cli.set(SwitchKey.SWITCH, "true");
    follower.stop();
    client.shutdown();
    gate = newGate();
    metrics.clear();
    redis.freeze();
    CompletableFuture<Void> starting = CompletableFuture.runAsync(() -> start(NO_POLL));
    try {
      // Longer than Redis may take for one answer.
      assertThatThrownBy(() -> starting.get(800, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    } finally {
      redis.thaw();
    }
    starting.get(20, TimeUnit.SECONDS);
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
  }

  private void startAnew(String remembered) throws Exception {
    follower.stop();
    client.shutdown();
    Files.writeString(file, remembered);
    gate = newGate();
    metrics.clear();
    start(NO_POLL);
  }

  private static final String BACKUP_AT_9 = "{\"active\":\"backup\",\"epoch\":9}";

  @Test
  void aProxyThatStartsWithoutRedisGoesOnWithWhatItRemembers() throws Exception {
    redis.stop();
    startAnew(BACKUP_AT_9);
    assertThat(gate.state().route()).isEqualTo(new Route(ServerName.BACKUP, 9));
    redis.start();
    awaitConnected(true);
    assertThat(gate.active()).isEqualTo(ServerName.BACKUP);
  }

  @Test
  void aProxyThatStartsWithAnEmptyRedisGoesOnWithWhatItRemembersToo() throws Exception {
    startAnew(
        "{\"active\":\"backup\",\"epoch\":9,\"holding\":\"m-1\",\"until\":\"%s\"}"
            .formatted(Instant.now().plusSeconds(20)));
    assertThat(gate.state().route()).isEqualTo(new Route(ServerName.BACKUP, 9));
    assertThat(gate.state().holding()).isEqualTo("m-1");
    assertThat(trouble(Trouble.Kind.SWITCH_MISSING)).isEqualTo(1);
  }

  @Test
  void whatRedisSaysCountsMoreThanWhatAProxyRemembersButNeverAnOlderEpoch() throws Exception {
    cli.set(SwitchKey.SWITCH, "false");
    startAnew(BACKUP_AT_9);
    assertThat(gate.state().route()).isEqualTo(new Route(ServerName.PRODUCTION, 9));
  }

  @Test
  void anOldRedisIsNotFollowedByAProxyThatRemembersBetter() throws Exception {
    cli.hset(
        SwitchKey.RECORD,
        new SwitchRecord(ServerName.PRODUCTION, 3, "m-1", "memory", Instant.EPOCH).toHash());
    cli.set(SwitchKey.SWITCH, "false");
    startAnew(BACKUP_AT_9);
    assertThat(gate.state().route()).isEqualTo(new Route(ServerName.BACKUP, 9));
    assertThat(trouble(Trouble.Kind.RECORD_STALE)).isEqualTo(1);
  }

  @Test
  void aMemoryThatCannotBeReadIsNone() throws Exception {
    cli.set(SwitchKey.SWITCH, "true");
    startAnew("{\"active\":\"thi");
    assertThat(gate.state().route()).isEqualTo(new Route(ServerName.BACKUP, 0));
  }
}
