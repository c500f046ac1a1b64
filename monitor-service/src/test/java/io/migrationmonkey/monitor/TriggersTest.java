package io.migrationmonkey.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.SwitchKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Orders from outside, with a Redis and a migrator that are real but the test's own. */
class TriggersTest {

  private static final String TOKEN = TestTokens.TRIGGER;

  @TempDir Path directory;

  // As Alertmanager 0.25 sends it, shortened; deploy/prometheus/alertmanager_test.py compares a
  // real one's.
  private static final String ALERTS = read("/alertmanager.json");

  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final List<String> orders = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile int migratorSays = 202;
  private RealRedis redis;
  private HttpServer migrator;
  private ConfigurableApplicationContext service;

  @BeforeEach
  void start() throws IOException {
    redis = RealRedis.started();
    migrator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    migrator.createContext(
        "/api/migrations",
        exchange -> {
          // The monitor also asks how long moves take.
          if (exchange.getRequestMethod().equals("GET")) {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
          }
          keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
          orders.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.getResponseHeaders().add("Location", "/api/migrations/m1");
          byte[] body = "{\"detail\":\"it says no\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(migratorSays, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    migrator.start();
  }

  @AfterEach
  void stop() {
    service.close();
    migrator.stop(0);
    redis.close();
  }

  @Test
  void anOrderCarriesTheSecretOrIsNotTaken() throws Exception {
    service();
    assertThat(order(null).statusCode()).isEqualTo(401);
    assertThat(order(null).headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(value -> assertThat(value).startsWith("Bearer"));
    for (String wrong : List.of("Bearer ", "Bearer x", "Bearer " + TOKEN + "x", "Basic " + TOKEN)) {
      assertThat(order(wrong).statusCode()).as(wrong).isEqualTo(401);
      assertThat(post("/api/alerts", ALERTS, wrong).statusCode()).as(wrong).isEqualTo(401);
    }
    assertThat(orders).isEmpty();
    HttpResponse<String> taken = order("Bearer " + TOKEN);
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    assertThat(taken.body()).contains("/api/migrations/m1");
    assertThat(orders.getFirst())
        .contains("\"from\":\"production\"")
        .contains("\"trigger\":\"monitor\"")
        .contains("a dying disk");
    assertThat(post("/api/orders", "{}", "Bearer " + TOKEN).statusCode()).isEqualTo(400);
    assertThat(post("/api/alerts", "{}", "Bearer " + TOKEN).statusCode()).isEqualTo(400);
    assertThat(order(null).body()).doesNotContain(TOKEN);
  }

  @Test
  void aTokenForTriggersIsForNothingElse() throws Exception {
    service();
    assertThat(post("/api/orders", "{}", TestTokens.bearer(TestTokens.VIEWING)).statusCode())
        .isEqualTo(403);
    assertThat(post("/api/memory", "{}", TestTokens.bearer(TOKEN)).statusCode()).isEqualTo(403);
    assertThat(order(TestTokens.bearer(TestTokens.OPERATING)).statusCode()).isEqualTo(202);
  }

  @Test
  void anAlertThatFiresIsOneMigrationHoweverOftenItIsRepeated() throws Exception {
    service();
    HttpResponse<String> first = post("/api/alerts", ALERTS, "Bearer " + TOKEN);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    post("/api/alerts", ALERTS, "Bearer " + TOKEN);
    post("/api/alerts", ALERTS.replace("02:00:00Z", "03:00:00Z"), "Bearer " + TOKEN);
    assertThat(orders)
        .hasSize(3)
        .allMatch(order -> order.contains("DiskDying: sda reports errors"));
    assertThat(keys.get(0)).isEqualTo(keys.get(1)).isNotEqualTo(keys.get(2));
  }

  @Test
  void anAlertThatIsOverOrOfTheOtherServerOrdersNothing() throws Exception {
    service();
    for (String alerts :
        List.of(
            ALERTS.replace("firing", "resolved"),
            ALERTS.replace("\"server\":\"production\"", "\"server\":\"backup\""),
            "{\"alerts\":[]}")) {
      HttpResponse<String> answer = post("/api/alerts", alerts, "Bearer " + TOKEN);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("NOTHING");
    }
    assertThat(orders).isEmpty();
  }

  @Test
  void whatTheMigratorSaysIsPassedOnSoThatNoOrderIsLost() throws Exception {
    service();
    String bearer = "Bearer " + TOKEN;
    migratorSays = 409;
    assertThat(order(bearer).statusCode()).isEqualTo(409);
    assertThat(post("/api/alerts", ALERTS, bearer).statusCode())
        .as("Alertmanager comes again")
        .isEqualTo(503);
    migratorSays = 412;
    assertThat(order(bearer).statusCode()).isEqualTo(412);
    assertThat(order(bearer).body()).contains("it says no");
    assertThat(post("/api/alerts", ALERTS, bearer).body()).contains("REFUSED");
    migrator.stop(0);
    assertThat(order(bearer).statusCode()).isEqualTo(503);
    assertThat(post("/api/alerts", ALERTS, bearer).statusCode()).isEqualTo(503);
  }

  @Test
  void aStandbyOrdersNothing() throws Exception {
    service();
    template().opsForValue().set(SwitchKey.SWITCH, "true");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> order("Bearer " + TOKEN).statusCode() == 409);
    int before = orders.size();
    assertThat(order("Bearer " + TOKEN).body()).contains("production is not the active server");
    assertThat(post("/api/alerts", ALERTS, "Bearer " + TOKEN).body()).contains("STANDBY");
    assertThat(orders).hasSize(before);
  }

  private void service() {
    service =
        SpringApplication.run(
            MonitorApplication.class,
            "--server.port=0",
            "--spring.data.redis.url=" + redis.uri(),
            "--monkey.server=production",
            "--monkey.migrator.url=http://127.0.0.1:" + migrator.getAddress().getPort(),
            "--monkey.migrator.connect-timeout=1s",
            "--monkey.access.tokens=" + TestTokens.in(directory),
            "--monkey.migrator.token-file="
                + TestTokens.write(
                    directory.resolve("migrator-token"), TestTokens.MONITOR, "rw-------"));
    template().opsForValue().set(SwitchKey.SWITCH, "false");
  }

  private StringRedisTemplate template() {
    return service.getBean(StringRedisTemplate.class);
  }

  private HttpResponse<String> order(@Nullable String authorization) throws Exception {
    return post("/api/orders", "{\"reason\":\"a dying disk\"}", authorization);
  }

  private HttpResponse<String> post(String path, String body, @Nullable String authorization)
      throws Exception {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String read(String resource) {
    try (InputStream in = TriggersTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
