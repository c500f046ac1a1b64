package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.migrator.RunningMigrator;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.Step;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** The page of the whole service, on a real Redis, with two servers that nobody can reach. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageTest {

  private static final String HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
  private static final Pattern CSRF =
      Pattern.compile("name=\"csrf\" value=\"([A-Za-z0-9_-]{43})\"");

  @TempDir static Path directory;

  private static RealRedis redis;
  private static ConfigurableApplicationContext service;
  private static int port;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  @BeforeAll
  static void start() throws Exception {
    redis = RealRedis.started();
    service = RunningMigrator.in(directory, redis.uri(), "--spring.data.redis.timeout=500ms");
    port = RunningMigrator.port(service);
    Browser ann = new PageTest().login(TestTokens.OPERATING);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(ann.get("/").body()).contains("production is live"));
  }

  @AfterAll
  static void stop() {
    service.close();
    redis.close();
  }

  @ParameterizedTest
  @Order(1)
  @ValueSource(
      strings = {"/", "/page/migrate", "/page/migrations/m1", "/page/servers/backup/reboot"})
  void whoHasNotLoggedInIsSentToTheForm(String path) throws Exception {
    HttpResponse<String> answer = new Browser("").get(path);
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).contains("/page/login");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  @Order(1)
  void whatOnlyTheScriptFetchesIsClosedWithoutAForm() throws Exception {
    assertThat(new Browser("").get("/page/regions/status").statusCode()).isEqualTo(401);
    assertThat(new Browser("").get("/page/changes").statusCode()).isEqualTo(401);
  }

  @Test
  @Order(1)
  void aTokenInAHeaderOpensRestAndNotThePage() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/"))
            .header("Authorization", TestTokens.bearer(TestTokens.OPERATING))
            .build();
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(303);
  }

  @Test
  @Order(2)
  void aRightTokenGivesACookieThatNoScriptReadsAndNoOtherSiteSends() throws Exception {
    HttpResponse<String> in =
        new Browser("").post("/page/login", Map.of("token", " " + TestTokens.OPERATING + "\n"));
    assertThat(in.statusCode()).isEqualTo(303);
    assertThat(in.headers().firstValue("Location")).contains("/");
    assertThat(in.headers().firstValue("Set-Cookie").orElseThrow())
        .matches("monkey-session=[A-Za-z0-9_-]{43}; .*")
        .contains("HttpOnly")
        .contains("SameSite=Strict")
        .contains("Path=/")
        .contains("Max-Age=43200")
        .doesNotContain("Secure")
        .doesNotContain(TestTokens.OPERATING);
  }

  @Test
  @Order(2)
  void everyPageComesWithHeadersThatKeepOthersOutAndWithoutAnythingInline() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    for (String path :
        List.of(
            "/", "/page/login", "/page/migrate", "/page/dry-run", "/page/pause", "/page/nothing")) {
      HttpResponse<String> answer = ann.get(path);
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'")
          .contains("script-src 'self'")
          .contains("frame-ancestors 'none'")
          .contains("form-action 'self'")
          .contains("base-uri 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.headers().firstValue("Referrer-Policy")).contains("same-origin");
      assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
      assertThat(answer.body())
          .doesNotContain("style=")
          .doesNotContain("<style")
          .doesNotContainPattern("\\son[a-z]+=")
          .doesNotContainPattern("<script(?![^>]* src=)")
          .doesNotContainPattern("(href|src|action|data-[a-z]+)=\"(https?:)?//");
    }
  }

  @Test
  @Order(2)
  void theWholePageIsSmallAndItsFilesAreThere() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    String page = ann.get("/").body();
    int bytes = page.getBytes(StandardCharsets.UTF_8).length;
    Matcher file =
        Pattern.compile("(?:href|src)=\"(/page/[a-z]+\\.[a-z]+)\\?v&#x3D;[0-9a-f]+\"")
            .matcher(page);
    int files = 0;
    while (file.find()) {
      HttpResponse<String> answer = new Browser("").get(file.group(1));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().allValues("Cache-Control"))
          .singleElement()
          .asString()
          .contains("max-age");
      bytes += answer.body().length();
      files++;
    }
    assertThat(files).isEqualTo(3);
    assertThat(bytes).isLessThan(150_000);
  }

  @Test
  @Order(3)
  void theSessionOpensNothingOfRest() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    for (String path :
        List.of(
            "/api/servers",
            "/api/migrations",
            "/v3/api-docs",
            "/actuator/prometheus",
            "/page/../api/servers")) {
      assertThat(ann.get(path).statusCode()).as(path).isEqualTo(401);
    }
    assertThat(ann.post("/api/migrations", Map.of("csrf", ann.csrf())).statusCode()).isEqualTo(401);
    assertThat(ann.post("/api/pause", Map.of("csrf", ann.csrf())).statusCode()).isEqualTo(401);
  }

  @Test
  @Order(3)
  void aFormWithoutTheSessionsOwnSecretIsRefused() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    Browser bob = login(TestTokens.OPERATING);
    for (Map<String, String> form :
        List.of(
            Map.of("reason", "x"),
            Map.of("reason", "x", "csrf", ""),
            Map.of("reason", "x", "csrf", bob.csrf()))) {
      HttpResponse<String> answer = ann.post("/page/pause", form);
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body())
          .contains("not from your present session")
          .contains("Nothing was done");
    }
    assertThat(ann.get("/").body()).doesNotContain("Paused by");
  }

  @ParameterizedTest
  @Order(3)
  @ValueSource(strings = {"http://evil.example", "null", ""})
  void whatAnotherSiteSendsIsRefusedEvenWithTheSecret(String origin) throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    Map<String, String> form = Map.of("reason", "x", "csrf", ann.csrf());
    assertThat(ann.post("/page/pause", form, origin).statusCode()).isEqualTo(403);
    assertThat(ann.post("/page/login", Map.of("token", TestTokens.OPERATING), origin).statusCode())
        .isEqualTo(403);
    assertThat(ann.get("/").body()).doesNotContain("Paused by");
  }

  @Test
  @Order(3)
  void aTokenForViewingSeesAndIsToldWhyItMayNotPress() throws Exception {
    Browser viewer = login(TestTokens.VIEWING);
    assertThat(viewer.get("/").body())
        .contains("production is live")
        .contains("a token for viewing")
        .doesNotContain("id=\"migrate\"");
    assertThat(viewer.get("/page/migrate").body())
        .contains("What will happen")
        .doesNotContain("<button class=\"button busy\" id=\"confirm\"");
    for (String path :
        List.of(
            "/page/migrate",
            "/page/dry-run",
            "/page/pause",
            "/page/resume",
            "/page/servers/backup/reboot")) {
      HttpResponse<String> answer = viewer.post(path, Map.of("reason", "x", "csrf", viewer.csrf()));
      assertThat(answer.statusCode()).as(path).isEqualTo(403);
      assertThat(answer.body()).contains("a token for viewing");
    }
  }

  @ParameterizedTest
  @Order(3)
  @ValueSource(strings = {TestTokens.MONITOR, TestTokens.TRIGGER})
  void aMachinesTokenIsNotForPeople(String token) throws Exception {
    HttpResponse<String> answer = new Browser("").post("/page/login", Map.of("token", token));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("machine&#39;s token");
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  @Order(4)
  void whatTheServiceRefusesIsShownInItsWordsAndTheReasonIsKept() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    HttpResponse<String> refused =
        ann.post(
            "/page/migrate",
            Map.of("reason", "kernel update", "from", "production", "csrf", ann.csrf()));
    assertThat(refused.statusCode()).isEqualTo(412);
    assertThat(refused.body())
        .contains("It was not done")
        .contains("CHECK_SERVERS")
        .contains("nothing was changed")
        .contains("value=\"kernel update\"");
    HttpResponse<String> late =
        ann.post("/page/migrate", Map.of("reason", "x", "from", "backup", "csrf", ann.csrf()));
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).contains("standby already");
    HttpResponse<String> silent =
        ann.post("/page/migrate", Map.of("reason", " ", "from", "production", "csrf", ann.csrf()));
    assertThat(silent.statusCode()).isEqualTo(400);
    assertThat(silent.body()).contains("reason");
    HttpResponse<String> other =
        ann.post(
            "/page/servers/backup/reboot",
            Map.of("reason", "x", "from", "backup", "csrf", ann.csrf()));
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("production has become the live server");
  }

  @Test
  @Order(4)
  void aPauseIsSetAndEndedAndWhateverItsReasonIsStaysText() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    assertThat(ann.get("/page/pause").body()).contains("nothing moves by itself");
    assertThat(ann.post("/page/pause", Map.of("reason", HOSTILE, "csrf", ann.csrf())).statusCode())
        .isEqualTo(303);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(ann.get("/").body()).contains("Paused by ann"));
    assertHarmless(ann.get("/").body());
    assertThat(ann.get("/page/resume").body()).contains("&lt;script&gt;");
    assertHarmless(ann.get("/page/resume").body());
    assertThat(ann.post("/page/resume", Map.of("csrf", ann.csrf())).statusCode()).isEqualTo(303);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(ann.get("/").body()).doesNotContain("Paused by ann"));
  }

  @Test
  @Order(5)
  void whatServersSayIsTextAndNeverMarkup() throws Exception {
    Journal journal = service.getBean(Journal.class);
    Instant now = Instant.now();
    journal.open(
        "m-hostile",
        new JournalEntry(
            now,
            Kind.ORDERED,
            null,
            HOSTILE,
            Map.of(
                Fact.TRIGGER, "HAND",
                Fact.FROM, "production",
                Fact.TO, "backup",
                Fact.REASON, HOSTILE,
                Fact.BY, HOSTILE,
                Fact.DRY_RUN, "false")));
    journal.append(
        "m-hostile", new JournalEntry(now, Kind.STARTED, Step.INSTALL_PACKAGES, "", Map.of()));
    journal.append(
        "m-hostile",
        new JournalEntry(now, Kind.PROGRESS, Step.INSTALL_PACKAGES, HOSTILE, Map.of()));
    journal.append(
        "m-hostile", new JournalEntry(now, Kind.FAILED, Step.INSTALL_PACKAGES, HOSTILE, Map.of()));
    journal.append(
        "m-hostile",
        new JournalEntry(
            now,
            Kind.ENDED,
            null,
            HOSTILE,
            Map.of(Fact.STATE, "ROLLED_BACK", Fact.PROBLEM, HOSTILE, Fact.PACKAGES, HOSTILE)));
    service
        .getBean(Events.class)
        .tell(HOSTILE, io.migrationmonkey.contract.Event.What.ENDED, HOSTILE);
    Browser ann = login(TestTokens.OPERATING);
    String receipt = ann.get("/page/migrations/m-hostile").body();
    assertThat(receipt).contains("&lt;script&gt;");
    assertHarmless(receipt);
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(ann.get("/").body()).contains("m-hostile"));
    assertHarmless(ann.get("/").body());
    assertThat(ann.get("/page/migrations/%3Cscript%3E").statusCode()).isNotEqualTo(200);
    HttpResponse<String> ended =
        ann.post("/page/migrations/m-hostile/abort", Map.of("reason", HOSTILE, "csrf", ann.csrf()));
    assertThat(ended.statusCode()).isEqualTo(409);
    assertThat(ended.body()).contains("has ended already");
    assertHarmless(ended.body());
  }

  @Test
  @Order(5)
  void whatIsNotThereIsSaidOnAPage() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    HttpResponse<String> missing = ann.get("/page/migrations/m0");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).contains("no migration m0 is known").contains("<!doctype html>");
    assertThat(ann.get("/page/servers/third/reboot").statusCode()).isEqualTo(404);
    assertThat(ann.get("/page/regions/third").statusCode()).isEqualTo(404);
  }

  @Test
  @Order(6)
  void anOpenPageIsToldWhatChangesAndWhenItsSessionEnds() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    HttpResponse<InputStream> stream =
        http.send(ann.request("/page/changes").build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(stream.statusCode()).isEqualTo(200);
    List<String> events = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith("event:")) {
          events.add(line.substring(6).strip());
          if (events.size() == 1) {
            ann.post("/page/logout", Map.of("csrf", ann.csrf()));
          }
        }
      }
    }
    assertThat(events).startsWith("regions").endsWith("ended");
    assertThat(ann.get("/").statusCode()).isEqualTo(303);
  }

  @Test
  @Order(6)
  void aRegionComesWithTheVersionThatTheStreamNames() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    HttpResponse<String> region = ann.get("/page/regions/actions");
    assertThat(region.body()).contains("Migrate to backup");
    assertThat(ann.get("/").body())
        .contains(
            "data-region=\"actions\" data-version=\"%s\""
                .formatted(region.headers().firstValue("X-Version").orElseThrow()));
  }

  @Test
  @Order(7)
  void aTokenThatIsTakenOutOfTheFileEndsItsSessions() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    Browser viewer = login(TestTokens.VIEWING);
    TestTokens.write(
        directory.resolve("tokens"), "viewing grafana " + TestTokens.VIEWING + "\n", "rw-------");
    assertThat(ann.get("/").statusCode()).isEqualTo(303);
    assertThat(viewer.get("/").statusCode()).isEqualTo(200);
    TestTokens.in(directory);
    assertThat(ann.get("/").statusCode()).isEqualTo(303);
  }

  @Test
  @Order(8)
  void whileRedisIsAwayThePageSaysSoAndOrdersAreRefused() throws Exception {
    Browser ann = login(TestTokens.OPERATING);
    String csrf = ann.csrf();
    redis.freeze();
    try {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThat(ann.get("/").body())
                  .contains("Redis does not answer")
                  .contains("was so at"));
      HttpResponse<String> refused = ann.post("/page/pause", Map.of("reason", "x", "csrf", csrf));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("Redis does not answer");
    } finally {
      redis.thaw();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(ann.get("/").body()).doesNotContain("Redis does not answer"));
  }

  @Test
  @Order(9)
  void wrongTokensAreRefusedAndSoonNotLookedAt() throws Exception {
    Browser stranger = new Browser("");
    HttpResponse<String> wrong = stranger.post("/page/login", Map.of("token", "x".repeat(40)));
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.body()).contains("not known here");
    assertThat(wrong.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(stranger.post("/page/login", Map.of()).statusCode()).isEqualTo(401);
    HttpResponse<String> slowed = wrong;
    for (int i = 0; i < 8 && slowed.statusCode() != 429; i++) {
      slowed = stranger.post("/page/login", Map.of("token", "y" + i + "x".repeat(40)));
    }
    assertThat(slowed.statusCode()).isEqualTo(429);
    assertThat(slowed.body()).contains("Too many wrong tokens");
    // Wrong ones count together, whichever door they come to.
    HttpRequest byRest =
        HttpRequest.newBuilder(uri("/api/servers"))
            .header("Authorization", "Bearer " + "z".repeat(40))
            .build();
    assertThat(http.send(byRest, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(429);
    assertThat(login(TestTokens.OPERATING).get("/").statusCode())
        .as("who was good before is looked at all the same")
        .isEqualTo(200);
  }

  private static void assertHarmless(String html) {
    assertThat(html).doesNotContain("<script>alert").doesNotContain("<img src=x");
  }

  private Browser login(String token) throws Exception {
    HttpResponse<String> in = new Browser("").post("/page/login", Map.of("token", token));
    assertThat(in.statusCode()).as(in.body()).isEqualTo(303);
    String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
    return new Browser(cookie.substring(0, cookie.indexOf(';')));
  }

  private static URI uri(String path) {
    return URI.create("http://localhost:" + port + path);
  }

  /** Sends what a browser sends: its cookie, and where a form is from. */
  private final class Browser {

    private final String cookie;

    Browser(String cookie) {
      this.cookie = cookie;
    }

    HttpRequest.Builder request(String path) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(40));
      return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    HttpResponse<String> get(String path) throws Exception {
      return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, Map<String, String> form) throws Exception {
      return post(path, form, "http://localhost:" + port);
    }

    HttpResponse<String> post(String path, Map<String, String> form, String origin)
        throws Exception {
      StringBuilder body = new StringBuilder();
      form.forEach((name, value) ->
          body.append(name)
              .append('=')
              .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
              .append('&'));
      HttpRequest.Builder request =
          request(path)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
      if (!origin.isEmpty()) {
        request.header("Origin", origin);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    String csrf() throws Exception {
      Matcher csrf = CSRF.matcher(get("/").body());
      assertThat(csrf.find()).isTrue();
      return csrf.group(1);
    }
  }
}
