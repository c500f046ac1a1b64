package io.migrationmonkey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** A small service that has nothing but this module and two calls, on a real port. */
@ExtendWith(OutputCaptureExtension.class)
class AccessTest {

  private static final ManualClock CLOCK = new ManualClock();

  @TempDir static Path directory;
  private static final HttpClient http = HttpClient.newHttpClient();
  private static ConfigurableApplicationContext service;
  private static int port;

  @EnableAutoConfiguration
  @RestController
  static class Service {

    @Bean
    Clock clock() {
      return CLOCK;
    }

    @GetMapping("/api/thing")
    String look(Caller caller) {
      return caller.role() + " " + caller.name();
    }

    @DeleteMapping("/api/thing")
    String change(Caller caller) {
      return "changed by " + caller.by(null);
    }

    @PostMapping("/api/migrations")
    String order(Caller caller) {
      return "ordered by " + caller.name();
    }
  }

  @BeforeAll
  static void start() {
    service = run("--monkey.access.tokens=" + TestTokens.in(directory));
    port = Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
  }

  @AfterAll
  static void stop() {
    service.close();
    http.close();
  }

  @BeforeEach
  void nobodyIsPaused() {
    CLOCK.advance(FailedLogins.FORGOTTEN_AFTER.plusSeconds(1));
    TestTokens.in(directory);
  }

  private static ConfigurableApplicationContext run(String... arguments) {
    SpringApplication application = new SpringApplication(Service.class);
    application.setDefaultProperties(
        Map.of(
            "server.port", "0",
            "spring.main.banner-mode", "off",
            "management.endpoints.web.exposure.include", "health,metrics",
            "management.endpoint.health.show-details", "when-authorized"));
    return application.run(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/thing",
        "/actuator/metrics",
        "/actuator",
        "/",
        "/nothing-there",
        "/error",
        "/actuator/health/",
        "/actuator/health;x=1",
        "/actuator/health/../metrics",
        "/actuator/health/%2e%2e/metrics",
        "/actuator//health",
        "/%61ctuator/health"
      })
  void withoutATokenEverythingButHealthIsRefused(String path) throws IOException {
    String answer = raw("GET " + path, "");
    assertThat(answer).matches("(?s)HTTP/1.1 40[01] .*");
    if (answer.startsWith("HTTP/1.1 401")) {
      assertThat(answer).contains("application/problem+json").contains("WWW-Authenticate: Bearer");
    }
  }

  @Test
  void healthIsOpenAndTellsDetailsOnlyToWhoHasAToken() throws Exception {
    assertThat(get("/actuator/health", "").body())
        .contains("\"status\":\"UP\"")
        .doesNotContain("components");
    assertThat(get("/actuator/health", TestTokens.bearer(TestTokens.VIEWING)).body())
        .contains("components");
    assertThat(send("POST", "/actuator/health", "").statusCode()).isEqualTo(401);
  }

  @Test
  void theRefusalIsAProblemThatSaysWhereTokensAre() throws Exception {
    HttpResponse<String> refused = get("/api/thing", "");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(refused.headers().allValues("www-authenticate"))
        .containsExactly("Bearer realm=\"Migration Monkey\"");
    assertThat(JsonMapper.shared().readValue(refused.body(), Map.class))
        .containsEntry("title", "Unauthorized")
        .containsEntry("status", 401)
        .extractingByKey("detail")
        .asString()
        .contains("Authorization: Bearer TOKEN")
        .contains("/etc/migration-monkey");
  }

  @Test
  void eachRoleMayDoItsOwnAndIsNamed() throws Exception {
    String viewing = TestTokens.bearer(TestTokens.VIEWING);
    String operating = TestTokens.bearer(TestTokens.OPERATING);
    String monitor = TestTokens.bearer(TestTokens.MONITOR);
    assertThat(get("/api/thing", viewing).body()).isEqualTo("viewing grafana");
    assertThat(get("/api/thing", operating).body()).isEqualTo("operating ann");
    assertThat(send("DELETE", "/api/thing", operating).body()).isEqualTo("changed by ann");
    assertThat(send("POST", "/api/migrations", monitor).body()).isEqualTo("ordered by production");

    HttpResponse<String> refused = send("DELETE", "/api/thing", viewing);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("www-authenticate").orElse(""))
        .contains("insufficient_scope");
    assertThat(refused.body()).contains("'grafana' is one for viewing");
    assertThat(send("DELETE", "/api/thing", monitor).statusCode()).isEqualTo(403);
    assertThat(get("/api/thing", monitor).statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Basic",
        "Digest operating-token-of-the-tests-01234567",
        "operating-token-of-the-tests-01234567",
        "Bearer operating-token-of-the-tests-01234567 more",
        "Bearer operating-token-of-the-tests-0123456\u00e9",
        "Bearer \"operating-token-of-the-tests-01234567\"",
        "Bearer operating-token-of-the-tests-01234567, Bearer x",
        "Basic b3BlcmF0aW5nLXRva2VuLW9mLXRoZS10ZXN0cy0wMTIzNDU2N",
        "Bearer operating-token-of-the-tests-0123456",
        "Bearer OPERATING-TOKEN-OF-THE-TESTS-01234567",
        "Bearer null"
      })
  void whatIsNoTokenIsRefused(String header) throws IOException {
    assertThat(raw("GET /api/thing", "Authorization: " + header + "\r\n"))
        .startsWith("HTTP/1.1 401 ");
  }

  @Test
  void aVeryLongTokenIsRefusedAndNotRead() throws IOException {
    for (int length : new int[] {300, 2_000, 7_000}) {
      assertThat(
              raw("GET /api/thing", "Authorization: Bearer %s\r\n".formatted("x".repeat(length))))
          .startsWith("HTTP/1.1 401 ");
    }
    // More than Tomcat takes of headers at all.
    assertThat(raw("GET /api/thing", "Authorization: Bearer %s\r\n".formatted("x".repeat(20_000))))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void twoAuthorizationHeadersAreOneTooMany() throws IOException {
    String good = "Authorization: Bearer %s\r\n".formatted(TestTokens.OPERATING);
    assertThat(raw("GET /api/thing", good)).startsWith("HTTP/1.1 200 ");
    assertThat(raw("GET /api/thing", good + good)).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void aBrowserMayLookWithATokenAsPasswordButNotChangeAnything() throws Exception {
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(("me:" + TestTokens.OPERATING).getBytes(StandardCharsets.UTF_8));
    assertThat(get("/api/thing", basic).body()).isEqualTo("operating ann");
    HttpResponse<String> refused = send("DELETE", "/api/thing", basic);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("for looking only");
    assertThat(raw("GET /api/thing", "Accept: text/html\r\n")).contains("WWW-Authenticate: Basic");
    assertThat(raw("GET /api/thing", "Accept: application/json\r\n")).doesNotContain("Basic");
  }

  @Test
  void tokensAreRotatedWithoutARestart(CapturedOutput output) throws Exception {
    String fresh = "fresh-token-fresh-token-fresh-token-01";
    Path file = directory.resolve("tokens");
    TestTokens.write(
        file, Files.readString(file) + "operating ann %s\n".formatted(fresh), "rw-------");
    assertThat(get("/api/thing", TestTokens.bearer(fresh)).statusCode()).isEqualTo(200);
    assertThat(get("/api/thing", TestTokens.bearer(TestTokens.OPERATING)).statusCode())
        .as("old and new overlap")
        .isEqualTo(200);

    TestTokens.write(file, "operating ann %s\n".formatted(fresh), "rw-------");
    assertThat(get("/api/thing", TestTokens.bearer(TestTokens.OPERATING)).statusCode())
        .isEqualTo(401);
    assertThat(get("/api/thing", TestTokens.bearer(fresh)).statusCode()).isEqualTo(200);

    for (String useless : new String[] {"", "nonsense ann " + fresh, "operating ann short"}) {
      TestTokens.write(file, useless, "rw-------");
      assertThat(get("/api/thing", TestTokens.bearer(fresh)).statusCode()).isEqualTo(200);
    }
    Files.delete(file);
    assertThat(get("/api/thing", TestTokens.bearer(fresh)).statusCode()).isEqualTo(200);
    TestTokens.write(file, "operating ann %s\n".formatted(TestTokens.OPERATING), "rw-r--r--");
    assertThat(get("/api/thing", TestTokens.bearer(fresh)).statusCode()).isEqualTo(200);
    assertThat(output)
        .contains("5 tokens are good now", "1 tokens are good now")
        .contains("it has 0 tokens", "its first word is not", "there is no such file")
        .contains("its mode is 0644")
        .doesNotContain(fresh, TestTokens.OPERATING);
  }

  @Test
  void aThousandWrongTokensAreSlowedLoggedAndCountedAndNoSecretIsInTheLog(CapturedOutput output)
      throws Exception {
    String good = TestTokens.bearer(TestTokens.OPERATING);
    assertThat(get("/api/thing", good).statusCode()).isEqualTo(200);
    double wrongBefore = refused("wrong");
    double slowedBefore = refused("slowed");
    int unauthorised = 0;
    int slowed = 0;
    String guesses = "guess-0123456789-0123456789-0123456789-";
    for (int guess = 0; guess < 1000; guess++) {
      HttpResponse<String> answer = get("/api/thing?guess", TestTokens.bearer(guesses + guess));
      if (answer.statusCode() == 429) {
        assertThat(answer.headers().firstValueAsLong("retry-after").orElseThrow())
            .isBetween(1L, 10L);
        slowed++;
      } else {
        assertThat(answer.statusCode()).isEqualTo(401);
        unauthorised++;
      }
      CLOCK.advance(Duration.ofMillis(10));
    }
    // In the ten seconds that they took by the service's clock.
    assertThat(unauthorised).isBetween(5, 12);
    assertThat(slowed).isEqualTo(1000 - unauthorised);
    assertThat(get("/api/thing", good).statusCode()).as("who was let in before is").isEqualTo(200);
    String newcomer = "newcomers-token-newcomers-token-newcomers";
    Path file = directory.resolve("tokens");
    TestTokens.write(file, "viewing bob %s\n".formatted(newcomer), "rw-------");
    assertThat(get("/api/thing", TestTokens.bearer(newcomer)).statusCode())
        .as("one that was not is not looked at meanwhile")
        .isEqualTo(429);
    CLOCK.advance(FailedLogins.LONGEST_PAUSE);
    assertThat(get("/api/thing", TestTokens.bearer(newcomer)).statusCode()).isEqualTo(200);

    assertThat(output.toString().lines().filter(line -> line.contains("A wrong token came from")))
        .hasSize(unauthorised)
        .first()
        .asString()
        .contains("127.0.0.1 with GET /api/thing: number 1");
    assertThat(output).contains("more from there were not looked at");
    assertThat(output)
        .doesNotContain(guesses)
        .doesNotContain(TestTokens.OPERATING)
        .doesNotContain(newcomer)
        .doesNotContain("?guess");
    assertThat(refused("wrong") - wrongBefore).isEqualTo(unauthorised);
    assertThat(refused("slowed") - slowedBefore).isEqualTo(slowed + 1);
  }

  private static double refused(String reason) {
    return service
        .getBean(MeterRegistry.class)
        .counter("monkey.access.refused", "reason", reason)
        .count();
  }

  @Test
  void withoutAFileForItselfItDoesNotStart(CapturedOutput output) {
    assertThatThrownBy(() -> run("--monkey.access.tokens=" + directory.resolve("none")));
    assertThat(output)
        .contains("monkey.access.tokens is '" + directory.resolve("none"))
        .contains("there is no such file")
        .contains("Allowed: a file of mode 0600");
    for (String mode : new String[] {"rw-r--r--", "rw-----w-", "rw--w----", "rwxrwxrwx"}) {
      Path open = TestTokens.write(directory.resolve("open"), "x", mode);
      assertThatThrownBy(() -> run("--monkey.access.tokens=" + open));
    }
    assertThat(output).contains("its mode is 0644", "its mode is 0602", "its mode is 0620");
  }

  private static HttpResponse<String> get(String path, String authorization) throws Exception {
    return send("GET", path, authorization);
  }

  private static HttpResponse<String> send(String method, String path, String authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** A request as no client would send it; what is not ASCII goes as UTF-8. */
  private static String raw(String line, String headers) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      String request =
          "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n".formatted(line, headers);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
