package io.migrationmonkey.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.docs.ApiPage;
import io.migrationmonkey.docs.MetricsPage;
import io.migrationmonkey.monitor.memory.FakeServer;
import io.migrationmonkey.monitor.memory.ServerMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole service with a server's files, a Redis and a migrator that are real but its own. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "monkey.server=production",
      "monkey.memory.period=100ms",
      "monkey.pressure.sustained=500ms"
    })
class MonitorServiceTest {

  @TempDir static Path root;
  private static final RealRedis REDIS = RealRedis.started();
  private static final List<String> ASKED = new CopyOnWriteArrayList<>();
  private static final HttpServer MIGRATOR = migrator();
  private static volatile int migratorSays = 503;

  @LocalServerPort private int port;
  @Autowired private FakeServer server;
  @Autowired private StringRedisTemplate redis;

  @TestConfiguration
  static class Wiring {

    @Bean
    FakeServer fakeServer() {
      return new FakeServer(root).usedMebibytes(400);
    }

    @Bean
    @Primary
    ServerMemory fakeMemory(FakeServer server, Clock clock) {
      return server.memory(clock);
    }
  }

  @DynamicPropertySource
  static void addresses(DynamicPropertyRegistry properties) {
    properties.add("monkey.access.tokens", () -> TestTokens.in(root));
    properties.add(
        "monkey.migrator.token-file",
        () -> TestTokens.write(root.resolve("migrator-token"), TestTokens.MONITOR, "rw-------"));
    properties.add("spring.data.redis.url", REDIS::uri);
    properties.add(
        "monkey.migrator.url", () -> "http://127.0.0.1:" + MIGRATOR.getAddress().getPort());
  }

  @BeforeEach
  void calm() {
    server.usedMebibytes(400);
    redis.opsForValue().set(SwitchKey.SWITCH, "false");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(get("/api/memory")).contains("\"calm\"").contains("\"armed\""));
    ASKED.clear();
    migratorSays = 503;
  }

  @AfterAll
  static void stop() {
    MIGRATOR.stop(0);
    REDIS.close();
  }

  @Test
  void itsRestInterfaceIsDescribedInWholeWithExamples() throws IOException {
    ApiPage page = ApiPage.of(get("/v3/api-docs"));
    page.check("monitor");
    page.checkWritten();
  }

  @Test
  void thePageOfMetricsSaysWhatPrometheusScrapes() throws IOException {
    MetricsPage.check("monitor", get("/actuator/prometheus"));
  }

  @Test
  void handsOutWhatItHasReadAsATableThatCanBeJudgedAgain() {
    List<String> lines = get("/api/memory/trace").lines().toList();
    assertThat(lines.getFirst()).startsWith("millis,total,used,");
    assertThat(lines).anyMatch(line -> line.matches("\\d+,1048576000,419430400(,\\d*)+"));
  }

  @Test
  void showsWhatItSeesToPeopleToPrometheusAndToTheOtherServices() {
    assertThat(get("/api/memory"))
        .contains("\"server\":\"production\"")
        .contains("\"usedRatio\":0.4")
        .contains("\"source\":\"cgroup v1 limit /sys/fs/cgroup/memory\"")
        .contains("\"verdict\":\"calm\"")
        .contains("\"history\":[{");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(get("/actuator/prometheus"))
                .contains("monkey_memory_used_ratio{server=\"production\"} 0.4\n")
                .contains("monkey_memory_used_bytes{server=\"production\"} 4.194304E8\n")
                .contains("monkey_memory_total_bytes{server=\"production\"} 1.048576E9\n")
                .contains("monkey_memory_readable{server=\"production\"} 1.0\n")
                .contains("monkey_pressure_exhausted{server=\"production\"} 0.0\n")
                .contains("monkey_redis_connected{server=\"production\"} 1.0\n")
                .contains("monkey_orders_total{outcome=\"accepted\"}"));
    assertThat(get("/actuator/health")).contains("\"status\":\"UP\"");
    MonitorReport report =
        Wire.read(
            redis.opsForValue().get(MonitorReport.key(ServerName.PRODUCTION)), MonitorReport.class);
    assertThat(report.verdict()).isEqualTo(Verdict.CALM);
    assertThat(report.usedRatio()).isEqualTo(0.4);
    assertThat(report.bootId()).matches("[0-9a-f-]{36}");
  }

  @Test
  void ordersOnceWhenExhaustedAndAsksUntilTheMigratorTakesIt() {
    server.usedMebibytes(950);
    await().atMost(Duration.ofSeconds(10)).until(() -> posts().size() >= 2);
    assertThat(get("/api/memory")).contains("\"exhausted\"").contains("\"wanted\"");
    migratorSays = 202;
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(get("/api/memory")).contains("\"ordered\"").contains("/api/migrations/m-1"));
    // The first look comes 5 s later, and no further order with it.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ASKED.stream().anyMatch(line -> line.startsWith("GET /api/migrations/m-1")));
    assertThat(posts()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(posts().stream().distinct()).as("one key for all").hasSize(1);
    assertThat(get("/actuator/prometheus"))
        .contains("monkey_orders_total{outcome=\"accepted\"} 1.0\n")
        .contains("monkey_pressure_exhausted{server=\"production\"} 1.0\n");
  }

  @Test
  void ordersNothingAsStandbyAndNothingWhileTheSwitchIsMissing() {
    redis.delete(SwitchKey.SWITCH);
    server.usedMebibytes(950);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(get("/api/memory")).contains("nobody knows"));
    redis.opsForValue().set(SwitchKey.SWITCH, "true");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(get("/api/memory")).contains("this server is the standby"));
    assertThat(ASKED).isEmpty();
  }

  @Test
  void sayThatTheMemoryCannotBeReadInsteadOfShowingOldFigures() {
    server.delete("/sys/fs/cgroup/memory/memory.usage_in_bytes");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(get("/actuator/prometheus"))
                .contains("monkey_memory_used_ratio{server=\"production\"} NaN\n")
                .contains("monkey_memory_readable{server=\"production\"} 0.0\n"));
    assertThat(get("/api/memory"))
        .contains("memory.usage_in_bytes is missing")
        .doesNotContain("\"current\"")
        .doesNotContain("\"verdict\"");
    assertThat(get("/actuator/health")).contains("\"status\":\"DOWN\"");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !redis.hasKey(MonitorReport.key(ServerName.PRODUCTION)));
  }

  @Test
  void watchesOnWhileRedisIsAwayAndReportsAgainOnceItIsBack() {
    REDIS.stop();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(get("/actuator/prometheus"))
                .contains("monkey_redis_connected{server=\"production\"} 0.0\n"));
    server.usedMebibytes(600);
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(get("/api/memory")).contains("\"usedRatio\":0.6"));
    REDIS.start();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(get("/actuator/prometheus"))
                .contains("monkey_redis_connected{server=\"production\"} 1.0\n"));
    assertThat(redis.hasKey(MonitorReport.key(ServerName.PRODUCTION))).isTrue();
  }

  @Test
  void withoutATokenItShowsWhetherItIsWellAndNothingElse() throws Exception {
    assertThat(status("/actuator/health")).isEqualTo(200);
    for (String path : List.of("/api/memory", "/actuator/prometheus", "/actuator", "/", "/error")) {
      assertThat(status(path)).as(path).isEqualTo(401);
    }
  }

  private int status(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void whatIsNotThereIsAProblemDetail() {
    assertThat(get("/api/nothing")).contains("\"status\":404").contains("\"title\"");
  }

  private String get(String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(10))
                  .header("Authorization", TestTokens.bearer(TestTokens.VIEWING))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> posts() {
    return ASKED.stream().filter(line -> line.startsWith("POST")).toList();
  }

  private static HttpServer migrator() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/api/migrations", MonitorServiceTest::answer);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    ASKED.add(
        "%s %s %s"
            .formatted(
                method,
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Idempotency-Key")));
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("Location", "/api/migrations/m-1");
    byte[] body = "{\"state\":\"RUNNING\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(method.equals("GET") ? 200 : migratorSays, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
