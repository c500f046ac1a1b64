package io.migrationmonkey.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.docs.ApiPage;
import io.migrationmonkey.docs.MetricsPage;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/** The whole service on a real Redis, with two servers that nobody can reach. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigratorServiceTest {

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ConfigurableApplicationContext service;
  private static int port;
  private static ApiPage described;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    redis = RealRedis.started();
    service = RunningMigrator.in(directory, redis.uri(), "--spring.data.redis.timeout=500ms");
    port = RunningMigrator.port(service);
    await().atMost(Duration.ofSeconds(10)).until(() -> redisGet("switch"), "false"::equals);
    described = ApiPage.of(new MigratorServiceTest().get("/v3/api-docs").body());
  }

  @AfterAll
  static void stop() {
    service.close();
    redis.close();
  }

  @ParameterizedTest
  @Order(1)
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                             | 400 | not JSON
          []                                            | 400 | not an order
          {"reason":17,"dryRun":"perhaps"}              | 400 | dryRun
          {"reason":"x","trigger":"moon"}               | 400 | trigger
          {}                                            | 400 | reason
          {"reason":"  "}                               | 400 | reason
          {"reason":"x","from":"third"}                 | 404 | no such server
          {"reason":"x","from":"backup"}                | 409 | standby already
          {"reason":"x"}                                | 412 | CHECK_SERVERS
          """)
  void aWrongOrderIsAnsweredByAProblemThatSaysWhatIsWrong(String body, int status, String detail)
      throws Exception {
    problem(post(body, Map.of()), status, detail);
  }

  @Test
  @Order(0)
  void itsRestInterfaceIsDescribedInWholeWithExamples() throws Exception {
    ApiPage.of(get("/v3/api-docs").body()).check("migrator");
  }

  @Test
  @Order(0)
  void thePageOfMetricsSaysWhatPrometheusScrapes() throws Exception {
    MetricsPage.check("migrator", get("/actuator/prometheus").body());
  }

  @Test
  @Order(2)
  void whatIsNotThereIsNotFound() throws Exception {
    problem(get("/api/migrations/m0"), 404, "m0");
    problem(get("/api/migrations/m0/events"), 404, "m0");
    problem(get("/api/migrations?limit=0"), 400, "limit");
  }

  @Test
  @Order(3)
  void aRefusedMigrationIsRememberedWithItsReasonAndCanBeFollowed() throws Exception {
    HttpResponse<String> refused = post("{\"reason\":\"try\"}", Map.of());
    assertThat(refused.statusCode()).isEqualTo(412);
    String listed = get("/api/migrations?limit=1").body();
    assertThat(listed).contains("REFUSED").contains("\"trigger\":\"hand\"").contains("production");
    String id = listed.replaceFirst(".*?\"id\":\"([^\"]+)\".*", "$1");
    assertThat(get("/api/migrations/" + id).body()).contains("\"FAILED\"");
    assertThat(get("/api/migrations/" + id + "/events").body())
        .contains("event:journal")
        .contains("CHECK_SERVERS")
        .contains("event:end");
  }

  @Test
  @Order(4)
  void theSameIdempotencyKeyIsTheSameMigration() throws Exception {
    Map<String, String> key = Map.of("Idempotency-Key", "episode-1");
    HttpResponse<String> first = post("{\"reason\":\"try\",\"dryRun\":true}", key);
    String before = get("/api/migrations").body();
    HttpResponse<String> second = post("{\"reason\":\"try\",\"dryRun\":true}", key);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(get("/api/migrations").body()).isEqualTo(before);
  }

  @Test
  @Order(5)
  void aMigrationWhoseMigratorDiedIsTakenUpAndUntilThenNoOtherBegins() throws Exception {
    Journal journal = service.getBean(Journal.class);
    Switchboard switchboard = service.getBean(Switchboard.class);
    Lease ofTheDead = switchboard.lease("m-dead").orElseThrow();
    Instant now = Instant.now();
    journal.open(
        "m-dead",
        new JournalEntry(
            now,
            Kind.ORDERED,
            null,
            "memory",
            Map.of(
                Fact.TRIGGER, "MONITOR",
                Fact.FROM, "production",
                Fact.TO, "backup",
                Fact.REASON, "memory",
                Fact.DRY_RUN, "false")));
    journal.append("m-dead", new JournalEntry(now, Kind.STARTED, Step.COPY_DATA, "", Map.of()));
    problem(post("{\"reason\":\"x\"}", Map.of()), 409, "m-dead");

    switchboard.giveBack(ofTheDead);

    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() ->
            assertThat(get("/api/migrations/m-dead").body())
                .contains("the migrator stopped during COPY_DATA")
                // Nobody can reach its servers, so a person is told what to do.
                .contains("NEEDS_HELP")
                .contains("by hand"));
    assertThat(redisGet("switch")).isEqualTo("false");
  }

  @Test
  @Order(6)
  void parityOfServersThatNobodyHasSeenIsNotReadyAndSaysWhy() throws Exception {
    assertThat(get("/api/parity").body())
        .contains("\"ready\":false")
        .contains("\"standby\":\"backup\"")
        .contains("monkey.warm.every");
    assertThat(get("/api/parity?refresh=true").body())
        .contains("\"ready\":false")
        .contains("production refuses connections")
        .contains("backup refuses connections");
    problem(get("/api/parity?refresh=perhaps"), 400, "refresh");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(get("/actuator/prometheus").body())
                .contains("monkey_standby_ready 0.0")
                .contains("monkey_parity_data_age_seconds NaN")
                .contains("monkey_parity_packages_missing NaN"));
  }

  @Test
  @Order(7)
  void bothServersAreShownWithTheirRolesAndWhyTheyCannotBeReached() throws Exception {
    long asked = System.nanoTime();
    String servers = get("/api/servers").body();
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
    assertThat(servers)
        .contains("\"name\":\"production\"")
        .contains("\"role\":\"active\"")
        .contains("\"role\":\"standby\"")
        .contains("\"reachable\":false")
        .contains("backup refuses connections");
  }

  @Test
  @Order(8)
  void aWarmRunThatIsAskedForIsTakenAndItsFailureShown() throws Exception {
    // A monitor's token is enough: it asks for one when memory is strained.
    HttpResponse<String> taken = as(TestTokens.MONITOR, "POST", "/api/parity/warm", "");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    assertThat(taken.body()).contains("warm-");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(get("/api/parity").body())
                .contains("\"outcome\":\"failed\"")
                .contains("refuses connections"));
    assertThat(get("/actuator/prometheus").body())
        .contains("monkey_warm_runs_total{outcome=\"failed\"} 1.0");
  }

  @Test
  @Order(9)
  void aMigrationThatIsAbortedBeforeItsFlipEndsSoAndSaysWhoWantedIt() throws Exception {
    Journal journal = service.getBean(Journal.class);
    Switchboard switchboard = service.getBean(Switchboard.class);
    Lease another = switchboard.lease("m-abort").orElseThrow();
    open(journal, "m-abort", Step.CHECK_SERVERS);

    assertThat(delete("/api/migrations/m-abort?by=ann&reason=wrong%20night").statusCode())
        .isEqualTo(202);
    switchboard.giveBack(another);

    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() ->
            assertThat(get("/api/migrations/m-abort").body())
                .contains("\"what\":\"ABORT_ORDERED\"")
                .contains("\"by\":\"ann\"")
                .contains("wrong night")
                .contains("REFUSED"));
    problem(delete("/api/migrations/m-abort"), 409, "ended already");
    problem(delete("/api/migrations/m0"), 404, "m0");
  }

  @Test
  @Order(10)
  void aMigrationWhoseFlipHasLandedCannotBeAborted() throws Exception {
    Journal journal = service.getBean(Journal.class);
    Switchboard switchboard = service.getBean(Switchboard.class);
    Lease another = switchboard.lease("m-late").orElseThrow();
    open(journal, "m-late", Step.REBOOT_SOURCE);
    switchboard.flip(another, switchboard.read(), "x", false);

    problem(delete("/api/migrations/m-late?reason=x"), 409, "point of no return");

    journal.append(
        "m-late",
        new JournalEntry(Instant.now(), Kind.ENDED, null, "", Map.of(Fact.STATE, "SUCCEEDED")));
    switchboard.giveBack(another);
    assertThat(redisGet("switch")).isEqualTo("true");
  }

  @Test
  @Order(10)
  void aJournalThatSomebodyElseWroteInIsNotFollowed() throws Exception {
    Journal journal = service.getBean(Journal.class);
    Switchboard switchboard = service.getBean(Switchboard.class);
    Lease another = switchboard.lease("m-forged").orElseThrow();
    open(journal, "m-forged", Step.COPY_DATA);
    service
        .getBean(StringRedisTemplate.class)
        .opsForList()
        .rightPush(
            "migration:m-forged:journal",
            "{\"at\":\"2026-01-01T00:00:00Z\",\"kind\":\"STARTED\",\"step\":\"REBOOT_SOURCE\",\"text\":\"\",\"facts\":{}}");
    switchboard.giveBack(another);

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(get("/api/migrations/m-forged").body())
                .contains("NEEDS_HELP")
                .contains("no migrator wrote")
                .doesNotContain("REBOOT_SOURCE"));
    assertThat(journal.unfinished()).isEmpty();
    assertThat(switchboard.leased()).isEmpty();
  }

  @Test
  @Order(11)
  void whileItIsPausedAMonitorsOrderIsRefusedAndAPersonsIsTaken() throws Exception {
    problem(put("/api/pause", "{}"), 400, "reason");
    assertThat(put("/api/pause", "{\"reason\":\"maintenance\",\"by\":\"ann\"}").body())
        .contains("\"paused\":true")
        .contains("ann");
    problem(post("{\"reason\":\"memory\",\"trigger\":\"monitor\"}", Map.of()), 409, "maintenance");
    problem(post("{\"reason\":\"kernel\"}", Map.of()), 412, "CHECK_SERVERS");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(get("/actuator/prometheus").body()).contains("monkey_paused 1.0"));
    assertThat(delete("/api/pause").body()).contains("\"paused\":false");
    assertThat(get("/api/events").body()).contains("PAUSED").contains("RESUMED").contains("ann");
    // m-late has just moved it.
    problem(post("{\"reason\":\"memory\",\"trigger\":\"monitor\"}", Map.of()), 412, "lately");
  }

  @Test
  @Order(12)
  void theSwitchIsSetByHandWithAReasonAndNotWhileAMigrationRuns() throws Exception {
    problem(put("/api/switch", "{\"active\":\"production\"}"), 400, "reason");
    problem(put("/api/switch", "{\"active\":\"moon\",\"reason\":\"x\"}"), 404, "no such server");
    String order = "{\"active\":\"production\",\"reason\":\"it is home\",\"by\":\"ann\"}";
    problem(put("/api/switch", order), 412, "does not serve on production");
    String forced = order.replace("}", ",\"force\":true}");

    Switchboard switchboard = service.getBean(Switchboard.class);
    Lease migration = switchboard.lease("m-other").orElseThrow();
    problem(put("/api/switch", forced), 409, "m-other");
    switchboard.giveBack(migration);

    long before = switchboard.read().epoch();
    assertThat(put("/api/switch", forced).body()).contains("\"active\":\"production\"");
    assertThat(switchboard.read().epoch()).isEqualTo(before + 1);
    assertThat(get("/api/switch").body()).contains("\"by\":\"ann\"");
    assertThat(get("/api/events").body()).contains("SWITCHED_BY_HAND").contains("it is home");
  }

  @Test
  @Order(0)
  void aMonitorsTokenOrdersOffItsOwnServerAndDoesNothingElse() throws Exception {
    String monitor = TestTokens.MONITOR;
    String order = "{\"reason\":\"memory\",\"from\":\"production\",\"trigger\":\"monitor\"}";
    problem(as(monitor, "POST", "/api/migrations", order), 412, "");
    for (String wrong :
        new String[] {
          order.replace("production", "backup"),
          order.replace(",\"from\":\"production\"", ""),
          order.replace("\"monitor\"", "\"hand\""),
          order.replace("}", ",\"force\":true}"),
          order.replace("}", ",\"by\":\"ann\"}")
        }) {
      problem(as(monitor, "POST", "/api/migrations", wrong), 403, "monitor's token");
    }
    assertThat(as(monitor, "GET", "/api/migrations?limit=5", "").statusCode()).isEqualTo(200);
    problem(as(monitor, "PUT", "/api/switch", "{}"), 403, "monitor's token");
    problem(as(monitor, "DELETE", "/api/pause", ""), 403, "monitor's token");
    problem(as(monitor, "GET", "/api/servers", ""), 403, "monitor's token");
  }

  @Test
  @Order(0)
  void everyCallOfTheInterfaceNeedsATokenAndEveryChangeOneForOperating() throws Exception {
    JsonNode docs =
        Wire.read(as(TestTokens.VIEWING, "GET", "/v3/api-docs", "").body(), JsonNode.class);
    assertThat(docs.at("/components/securitySchemes/token/scheme").asString()).isEqualTo("bearer");
    assertThat(docs.toString()).doesNotContain("caller");
    int changes = 0;
    for (var path : docs.path("paths").properties()) {
      for (var call : path.getValue().properties()) {
        String method = call.getKey().toUpperCase(java.util.Locale.ROOT);
        String url = path.getKey().replaceAll("\\{[^}]+}", "x");
        problem(as("", method, url, ""), 401, "Authorization: Bearer");
        if (!method.equals("GET")) {
          changes++;
          problem(as(TestTokens.VIEWING, method, url, ""), 403, "one for viewing");
        }
      }
    }
    assertThat(changes).isGreaterThanOrEqualTo(6);
    for (String page :
        new String[] {"/swagger-ui.html", "/swagger-ui/index.html", "/v3/api-docs", "/error"}) {
      problem(as("", "GET", page, ""), 401, "Authorization: Bearer");
    }
    assertThat(as(TestTokens.VIEWING, "GET", "/swagger-ui/index.html", "").statusCode())
        .isEqualTo(200);
  }

  @Test
  @Order(0)
  void whoGivesNoNameIsCalledByHisTokens() throws Exception {
    assertThat(put("/api/pause", "{\"reason\":\"quiet\"}").body()).contains("\"by\":\"ann\"");
    assertThat(put("/api/pause", "{\"reason\":\"quiet\",\"by\":\"bob\"}").body())
        .contains("\"by\":\"bob\"");
    delete("/api/pause");
    post("{\"reason\":\"try again\"}", Map.of());
    assertThat(get("/api/migrations?limit=1").body()).contains("\"by\":\"ann\"");
  }

  private HttpResponse<String> as(String token, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", TestTokens.bearer(token));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @Order(13)
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          third      | {"reason":"kernel"} | 404 | no such server
          backup     | {}                  | 400 | reason
          backup     | {"reason":"kernel"} | 412 | backup can't be rebooted: backup refuses connections
          production | {"reason":"kernel"} | 412 | production can't be left: CHECK_SERVERS
          """)
  void aRebootThatMustNotBeIsRefused(String server, String body, int status, String detail)
      throws Exception {
    problem(post("/api/servers/" + server + "/restarts", body, Map.of()), status, detail);
  }

  @Test
  @Order(14)
  void noServerIsRebootedWhileAnotherActs() throws Exception {
    Switchboard switchboard = service.getBean(Switchboard.class);
    Lease another = switchboard.lease("restart-production").orElseThrow();
    for (String server : List.of("production", "backup")) {
      problem(
          post("/api/servers/" + server + "/restarts", "{\"reason\":\"kernel\"}", Map.of()),
          409,
          "restart-production is under way");
    }
    switchboard.giveBack(another);
    // The order for production before has become a migration that was refused.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(get("/api/servers").body())
                .contains("\"state\":\"FAILED\"")
                .contains("REFUSED"));
    assertThat(get("/api/events").body()).contains("REBOOT_ORDERED").contains("REBOOT_FAILED");
  }

  @Test
  @Order(15)
  void withoutRedisAnOrderIsRefusedAndSaysSo() throws Exception {
    redis.stop();
    problem(post("{\"reason\":\"x\"}", Map.of()), 503, "Redis does not answer");
    problem(get("/api/migrations"), 503, "Redis does not answer");
    problem(get("/api/parity"), 503, "Redis does not answer");
    redis.start();
    // It comes back empty: a switch that was set once is not taken for 'false' again.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> problem(post("{\"reason\":\"x\"}", Map.of()), 503, "PUT /api/switch"));
    assertThat(redisGet("switch")).isNull();
    assertThat(get("/actuator/health").statusCode()).isEqualTo(503);
    assertThat(get("/api/switch").body()).contains("PUT /api/switch");
    // A person says where it serves; the epoch goes on from where it was, or no proxy would follow.
    long epochBefore = Long.parseLong(Files.readString(directory.resolve("epoch")).strip());
    String restore = "{\"active\":\"backup\",\"reason\":\"Redis lost it\",\"force\":true}";
    assertThat(put("/api/switch", restore).statusCode()).isEqualTo(200);
    assertThat(redisGet("switch")).isEqualTo("true");
    assertThat(service.getBean(Switchboard.class).read().epoch()).isGreaterThan(epochBefore);
  }

  private static void problem(HttpResponse<String> response, int status, String detail) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    String path = response.uri().getPath();
    if (path.startsWith("/api/")) {
      described.foresees(response.request().method(), path, status);
    }
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(Wire.read(response.body(), Map.class).get("detail").toString()).contains(detail);
  }

  private HttpResponse<String> post(String body, Map<String, String> headers) throws Exception {
    return post("/api/migrations", body, headers);
  }

  private HttpResponse<String> post(String path, String body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        ours(uri(path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void open(Journal journal, String id, Step at) {
    journal.open(
        id,
        new JournalEntry(
            Instant.now(),
            Kind.ORDERED,
            null,
            "memory",
            Map.of(
                Fact.TRIGGER, "MONITOR",
                Fact.FROM, "production",
                Fact.TO, "backup",
                Fact.REASON, "memory",
                Fact.EPOCH_BEFORE, "1",
                Fact.DRY_RUN, "false")));
    journal.append(id, new JournalEntry(Instant.now(), Kind.STARTED, at, "", Map.of()));
  }

  private HttpResponse<String> put(String path, String body) throws Exception {
    return http.send(
        ours(uri(path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return http.send(
        ours(uri(path)).timeout(Duration.ofSeconds(30)).DELETE().build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        ours(uri(path)).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder ours(URI uri) {
    return HttpRequest.newBuilder(uri)
        .header("Authorization", TestTokens.bearer(TestTokens.OPERATING));
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
  }

  private static String redisGet(String key) {
    return service
        .getBean(org.springframework.data.redis.core.StringRedisTemplate.class)
        .opsForValue()
        .get(key);
  }
}
