package io.migrationmonkey.monitor.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.monitor.memory.Figure;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import io.migrationmonkey.monitor.pressure.Judgement;
import io.migrationmonkey.monitor.pressure.PressureLimits;
import io.migrationmonkey.monitor.watch.Sighting;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

@ExtendWith(OutputCaptureExtension.class)
class RedisLinkTest {

  private final ManualClock clock = new ManualClock();
  private final ClientResources resources =
      ClientResources.builder().reconnectDelay(Delay.constant(Duration.ofMillis(100))).build();
  private RealRedis server;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private RedisLink link;

  @BeforeEach
  void aLink() {
    server = RealRedis.started();
    connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration("127.0.0.1", server.port()),
            LettuceClientConfiguration.builder()
                .clientResources(resources)
                .commandTimeout(Duration.ofSeconds(1))
                .clientOptions(
                    ClientOptions.builder()
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .build())
                .build());
    connections.start();
    redis = new StringRedisTemplate(connections);
    redis.afterPropertiesSet();
    link =
        new RedisLink(
            redis,
            ServerName.PRODUCTION,
            new BootId("boot-1"),
            PressureLimits.DEFAULT,
            clock,
            clock);
  }

  @AfterEach
  void stop() {
    connections.destroy();
    resources.shutdown(0, 2, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void aReadingBecomesAReportThatExpires() {
    link.accept(seen());
    String key = MonitorReport.key(ServerName.PRODUCTION);
    assertThat(Wire.read(redis.opsForValue().get(key), MonitorReport.class))
        .isEqualTo(
            new MonitorReport(
                ServerName.PRODUCTION,
                "boot-1",
                1000,
                950,
                Verdict.EXHAUSTED,
                "in words",
                clock.instant(),
                950L,
                1_250_000L));
    assertThat(redis.getExpire(key, TimeUnit.MILLISECONDS)).isBetween(1L, 5_000L);
    assertThat(link.connected()).isTrue();
  }

  @Test
  void withoutAReadingThereIsNoReport() {
    link.accept(new Sighting.Unread(clock.instant(), "a file is missing"));
    assertThat(redis.hasKey(MonitorReport.key(ServerName.PRODUCTION))).isFalse();
    assertThat(link.connected()).isTrue();
  }

  @Test
  void knowsWhoIsActiveOnlyWhereTheSwitchSaysSo() {
    assertThat(link.role()).isInstanceOf(Role.Unknown.class);
    link.accept(seen());
    assertThat(link.role()).isEqualTo(new Role.Unknown("Redis has no key 'switch'"));
    redis.opsForValue().set(SwitchKey.SWITCH, "false");
    link.accept(seen());
    assertThat(link.role()).isEqualTo(new Role.Known(ServerName.PRODUCTION, clock.instant()));
    redis.opsForValue().set(SwitchKey.SWITCH, "true");
    link.accept(seen());
    assertThat(link.role()).isEqualTo(new Role.Known(ServerName.BACKUP, clock.instant()));
    redis.opsForValue().set(SwitchKey.SWITCH, "maybe");
    link.accept(seen());
    assertThat(link.role()).isInstanceOf(Role.Unknown.class);
    redis.delete(SwitchKey.SWITCH);
    redis.opsForList().leftPush(SwitchKey.SWITCH, "false");
    link.accept(seen());
    assertThat(link.role()).isInstanceOf(Role.Unknown.class);
    assertThat(link.connected()).isFalse();
  }

  @Test
  void whatTheSwitchSaidLongAgoIsNotKnowledge() {
    redis.opsForValue().set(SwitchKey.SWITCH, "false");
    link.accept(seen());
    clock.advance(Duration.ofSeconds(6));
    assertThat(link.role()).isInstanceOf(Role.Unknown.class);
  }

  @Test
  void aRedisThatGoesAndComesBackIsNoticedOnceEach(CapturedOutput output) {
    redis.opsForValue().set(SwitchKey.SWITCH, "false");
    link.accept(seen());
    server.stop();
    await().atMost(Duration.ofSeconds(10)).until(() -> tell() == false);
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      link.accept(seen());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
    assertThat(link.role()).isEqualTo(new Role.Unknown("Redis is away"));
    server.start();
    await().atMost(Duration.ofSeconds(20)).until(this::tell);
    assertThat(redis.hasKey(MonitorReport.key(ServerName.PRODUCTION))).isTrue();
    // It came back empty, and empty is not 'false'.
    assertThat(link.role()).isEqualTo(new Role.Unknown("Redis has no key 'switch'"));
    assertThat(output).containsOnlyOnce("Redis is away").containsOnlyOnce("Redis is back");
  }

  @Test
  void aRedisThatIsFrozenIsGivenUpAfterASecondAndItsLateAnswersAreNotTakenForNewOnes() {
    redis.opsForValue().set(SwitchKey.SWITCH, "false");
    link.accept(seen());
    server.freeze();
    long start = System.nanoTime();
    link.accept(seen());
    link.accept(new Sighting.Unread(clock.instant(), "a test"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(link.role()).isEqualTo(new Role.Unknown("Redis is away"));
    server.thaw();
    redis.opsForValue().set(SwitchKey.SWITCH, "true");
    await().atMost(Duration.ofSeconds(20)).until(this::tell);
    assertThat(link.role()).isEqualTo(new Role.Known(ServerName.BACKUP, clock.instant()));
  }

  private boolean tell() {
    link.accept(seen());
    return link.connected();
  }

  private Sighting seen() {
    return new Sighting.Seen(
        new MemoryReading(
            clock.instant(),
            1000,
            950,
            "a test",
            Map.of(
                Signal.HOST_SOME_STALL,
                new Figure(9_000_000, "the host"),
                Signal.OWN_SOME_STALL,
                new Figure(1_250_000, "the server"))),
        new Judgement(Verdict.EXHAUSTED, "in words", null, false, null, clock.instant()));
  }
}
