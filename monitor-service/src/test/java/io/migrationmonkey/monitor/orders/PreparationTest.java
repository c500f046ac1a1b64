package io.migrationmonkey.monitor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.access.SecretFile;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.pressure.Judgement;
import io.migrationmonkey.monitor.pressure.PressureLimits;
import io.migrationmonkey.monitor.reports.BootId;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.watch.Sighting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

@ExtendWith(OutputCaptureExtension.class)
class PreparationTest {

  private static final RealRedis REDIS = RealRedis.started();

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private HttpServer server;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private RedisLink link;
  private Preparation preparation;

  @BeforeEach
  void aMigratorAndARedis() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] body =
              (exchange.getRequestMethod().equals("GET")
                      ? """
                      [{"state":"SUCCEEDED","steps":[{"name":"SWITCH_TRAFFIC","ms":12000}]}]
                      """
                      : "{}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    URI uri = URI.create(REDIS.uri());
    connections = new LettuceConnectionFactory(uri.getHost(), uri.getPort());
    connections.afterPropertiesSet();
    connections.start();
    redis = new StringRedisTemplate(connections);
    link =
        new RedisLink(
            redis,
            ServerName.PRODUCTION,
            new BootId("boot-1"),
            PressureLimits.DEFAULT,
            clock,
            clock);
    preparation =
        new Preparation(
            ServerName.PRODUCTION,
            new Migrator(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                new SecretFile(
                    "monkey.migrator.token-file",
                    TestTokens.write(
                        directory.resolve("migrator-token"), TestTokens.MONITOR, "rw-------")),
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5)),
            true,
            link,
            clock);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    connections.destroy();
  }

  @AfterAll
  static void stopRedis() {
    REDIS.close();
  }

  @Test
  void learnsFromTheMigratorHowLongMovesTakeAndAsksAgainNowAndThen() {
    see(Verdict.CALM, "false");
    assertThat(preparation.moveTook()).contains(Duration.ofSeconds(12));
    see(Verdict.CALM, "false");
    assertThat(asked).containsExactly("GET /api/migrations?limit=5");
    clock.advance(Preparation.ASK_AGAIN);
    see(Verdict.CALM, "false");
    assertThat(asked).hasSize(2);
  }

  @Test
  void whileTheMigratorIsAwayItSaysSoOnceAndKeepsWhatItKnew(CapturedOutput output) {
    see(Verdict.CALM, "false");
    status = 503;
    clock.advance(Preparation.ASK_AGAIN);
    see(Verdict.CALM, "false");
    clock.advance(Preparation.ASK_AGAIN_AFTER_FAILURE);
    see(Verdict.CALM, "false");
    assertThat(output).containsOnlyOnce("The migrator is away");
    assertThat(preparation.moveTook()).contains(Duration.ofSeconds(12));
    status = 200;
    clock.advance(Preparation.ASK_AGAIN_AFTER_FAILURE);
    see(Verdict.CALM, "false");
    assertThat(output).containsOnlyOnce("The migrator answers again");
  }

  @Test
  void strainedAndActiveHasTheStandbyWarmedOnceInAWhile() {
    see(Verdict.STRAINED, "false");
    see(Verdict.STRAINED, "false");
    assertThat(warmed()).isEqualTo(1);
    clock.advance(Preparation.ASK_AGAIN);
    see(Verdict.STRAINED, "false");
    assertThat(warmed()).isEqualTo(2);
  }

  @Test
  void whatTheMigratorDidNotTakeIsAskedForAgainSooner() {
    status = 503;
    see(Verdict.STRAINED, "false");
    clock.advance(Preparation.ASK_AGAIN_AFTER_FAILURE);
    see(Verdict.STRAINED, "false");
    assertThat(warmed()).isEqualTo(2);
  }

  @Test
  void neitherAStandbyNorACalmServerHasAnythingWarmed() {
    see(Verdict.STRAINED, "true");
    see(Verdict.CALM, "false");
    assertThat(warmed()).isZero();
  }

  private long warmed() {
    return asked.stream().filter("POST /api/parity/warm"::equals).count();
  }

  private void see(Verdict verdict, String switchValue) {
    redis.opsForValue().set(SwitchKey.SWITCH, switchValue);
    Sighting sighting =
        new Sighting.Seen(
            new MemoryReading(clock.instant(), 1000, 860, "a test"),
            new Judgement(verdict, "a test", null, false, null, clock.instant()));
    link.accept(sighting);
    preparation.accept(sighting);
  }
}
