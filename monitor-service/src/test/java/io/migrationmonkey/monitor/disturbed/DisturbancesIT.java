package io.migrationmonkey.monitor.disturbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.monitor.disturbed.MigratorOfOrders.Away;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to a monitor, its Redis and its migrator while it watches: no order for nothing, no
 * order lost, and it says so. The monitor is a process, and so is Redis. That a stepped clock
 * changes nothing is shown in {@code WatchTest}: processes share their machine's clock.
 */
class DisturbancesIT {

  /** In each of its three ways; a minute in all takes 20s. */
  private static final Duration AWAY =
      Duration.parse("PT" + System.getProperty("monkey.test.away", "5s"));

  /** Longer than an order that is wanted waits for its next try. */
  private static final Duration A_NEXT_TRY = Duration.ofSeconds(8);

  /** Longer than what the monitor saw before it was frozen proves anything. */
  private static final Duration A_HOLE = Duration.ofSeconds(7);

  @TempDir static Path folder;
  private static RealRedis redis;
  private static RedisClient client;
  private static MigratorOfOrders migrator;
  private static MonitorProcess monitor;

  private int place;

  @BeforeAll
  static void start() {
    redis = RealRedis.started();
    client = RedisClient.create(redis.uri());
    migrator = new MigratorOfOrders();
    monitor = new MonitorProcess(folder, redis.uri(), migrator.url());
    monitor.uses(400);
    says("false");
    monitor.start();
  }

  @AfterAll
  static void stop() {
    monitor.close();
    migrator.close();
    client.shutdown();
    redis.close();
  }

  @BeforeEach
  void calm() {
    migrator.come();
    says("false");
    monitor.uses(400);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(monitor.memory()).contains("\"calm\"", "\"armed\""));
    migrator.forget();
    place = monitor.log().length();
  }

  @Test
  void anOrderThatIsDueWhileTheMigratorIsAwayArrivesOnceWhenItIsBack() {
    migrator.leave(Away.GONE);
    monitor.uses(960);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(monitor.memory()).contains("\"exhausted\"", "\"wanted\""));
    double failed = monitor.metric("monkey_orders_total{outcome=\"failed\"");
    for (Away how : Away.values()) {
      migrator.leave(how);
      await().pollDelay(AWAY).atMost(AWAY.plusSeconds(10)).until(() -> true);
      assertThat(migrator.migrations()).as("while %s", how).isZero();
      assertThat(monitor.metric("monkey_orders_waiting")).as("while %s", how).isEqualTo(1);
    }
    assertThat(monitor.metric("monkey_orders_total{outcome=\"failed\""))
        .isGreaterThanOrEqualTo(failed + 3);
    assertThat(monitor.memory()).contains("the migrator has not taken the order yet");
    assertThat(monitor.logSince(place))
        .contains("The migrator did not take the order (no connection to")
        .contains("The migrator did not take the order (no answer from")
        .contains("The migrator did not take the order (500");

    migrator.come();
    taken();
    assertThat(migrator.keys().stream().distinct()).as("one key for all tries").hasSize(1);
    assertThat(monitor.logSince(place)).contains("The migrator took the order");
  }

  @Test
  void anOrderThatIsNotRightAnyMoreWhenTheMigratorIsBackIsNotGiven() {
    for (Runnable changes : List.<Runnable>of(() -> monitor.uses(400), () -> says("true"))) {
      calm();
      migrator.leave(Away.BROKEN);
      monitor.uses(960);
      wanted();
      changes.run();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(monitor.memory()).contains("\"armed\""));
      migrator.come();
      nothingIsOrdered(A_NEXT_TRY);
    }
  }

  @Test
  void aMonitorThatIsFrozenOrKilledAtRestOrdersNothingWhenItIsBack() {
    monitor.freeze();
    await().pollDelay(A_HOLE).atMost(A_HOLE.plusSeconds(5)).until(() -> true);
    monitor.thaw();
    nothingIsOrdered(Duration.ofSeconds(3));
    assertThat(monitor.logSince(place)).contains("Nobody looked at the memory for");
    monitor.kill();
    monitor.start();
    nothingIsOrdered(Duration.ofSeconds(3));
  }

  @Test
  void aMonitorThatIsFrozenOrKilledWhileItsOrderWaitsGivesItWhenItIsBack() {
    migrator.leave(Away.BROKEN);
    monitor.uses(960);
    wanted();
    monitor.freeze();
    await().pollDelay(A_HOLE).atMost(A_HOLE.plusSeconds(5)).until(() -> true);
    migrator.come();
    assertThat(migrator.migrations()).isZero();
    monitor.thaw();
    taken();

    calm();
    migrator.leave(Away.GONE);
    monitor.uses(960);
    wanted();
    monitor.kill();
    migrator.come();
    assertThat(migrator.migrations()).isZero();
    monitor.start();
    taken();
  }

  @Test
  void whileRedisIsAwayNothingIsOrderedAndWhatIsDueIsOrderedOnceItIsBack() {
    redis.stop();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> monitor.metric("monkey_redis_connected") == 0);
    monitor.uses(960);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(monitor.memory()).contains("nobody knows"));
    nothingIsOrdered(Duration.ofSeconds(3));
    assertThat(monitor.logSince(place))
        .contains("Redis is away")
        .contains("No order: exhausted, but nobody knows which server is active");
    redis.start();
    says("false");
    taken();
    assertThat(monitor.logSince(place)).contains("Redis is back");
  }

  private static void wanted() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> monitor.metric("monkey_orders_waiting") == 1);
  }

  /** One migration, and still one when the monitor has looked at it. */
  private static void taken() {
    await().atMost(A_NEXT_TRY).until(() -> migrator.migrations() == 1);
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(6))
        .untilAsserted(() -> assertThat(migrator.migrations()).isEqualTo(1));
    assertThat(monitor.memory()).contains("\"ordered\"");
    assertThat(monitor.metric("monkey_orders_waiting")).isZero();
  }

  private static void nothingIsOrdered(Duration during) {
    int before = migrator.keys().size();
    await()
        .during(during)
        .atMost(during.plusSeconds(5))
        .untilAsserted(() -> {
          assertThat(migrator.keys()).hasSize(before);
          assertThat(migrator.migrations()).isZero();
        });
  }

  private static void says(String which) {
    try (var connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      commands.set(SwitchKey.SWITCH, which);
    }
  }
}
