package io.migrationmonkey.monitor.orders;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.access.SecretFile;
import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigratorTest {

  private static final Duration TIMEOUT = Duration.ofMillis(1_500);

  private final CountDownLatch testIsOver = new CountDownLatch(1);
  private HttpServer server;
  private volatile int status;
  private volatile String location;
  private volatile String body = "";
  private volatile String stall = "";
  private volatile String asked;
  private volatile String order;
  private volatile String key;
  private volatile String authorization;
  @TempDir Path directory;

  @BeforeEach
  void aMigrator() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          authorization = exchange.getRequestHeaders().getFirst("Authorization");
          key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
          order = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (stall.equals("before the answer")) {
            await();
          }
          if (location != null) {
            exchange.getResponseHeaders().add("Location", location);
          }
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, stall.isEmpty() ? bytes.length : 0);
          exchange.getResponseBody().write(bytes);
          if (stall.equals("within the body")) {
            exchange.getResponseBody().flush();
            await();
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    testIsOver.countDown();
    server.stop(0);
  }

  @Test
  void anOrderSaysWhichServerToLeaveAndWhyUnderItsKey() {
    answers(202, "{}");
    location = "/api/migrations/m-1";
    assertThat(order()).isEqualTo(new Answer.Accepted(url("/api/migrations/m-1")));
    assertThat(asked).isEqualTo("POST /api/migrations");
    assertThat(key).isEqualTo("key-1");
    assertThat(authorization).isEqualTo(TestTokens.bearer(TestTokens.MONITOR));
    assertThat(Wire.read(order, MigrationOrder.class))
        .isEqualTo(
            new MigrationOrder(
                ServerName.PRODUCTION,
                "memory is 95 % used",
                MigrationOrder.Trigger.MONITOR,
                null,
                null));
    assertThat(order).contains("\"from\":\"production\"").contains("\"trigger\":\"monitor\"");
  }

  @Test
  void theLastMovesTookWhatTheirStepsTookUntilTheTrafficWentOver() {
    answers(
        200,
        """
        [{"state":"SUCCEEDED","steps":[{"name":"COPY_DATA","ms":3000},{"name":"SWITCH_TRAFFIC","ms":200},
          {"name":"REBOOT_SOURCE","ms":9000}]},
         {"state":"ROLLED_BACK","steps":[{"name":"COPY_DATA","ms":90000},{"name":"SWITCH_TRAFFIC","ms":1}]},
         {"state":"RUNNING","steps":[{"name":"COPY_DATA"}]},
         {"state":"SUCCEEDED","steps":[{"name":"COPY_DATA","ms":7000},{"name":"SWITCH_TRAFFIC","ms":100}]}]
        """);
    token();
    assertThat(migrator().lastMoves())
        .isEqualTo(new Migrator.Moves.Told(Optional.of(Duration.ofMillis(7100))));
    assertThat(authorization).isEqualTo(TestTokens.bearer(TestTokens.MONITOR));
    answers(200, "[]");
    assertThat(migrator().lastMoves()).isEqualTo(new Migrator.Moves.Told(Optional.empty()));
    answers(503, "{\"title\":\"Redis is away\"}");
    assertThat(migrator().lastMoves()).isEqualTo(new Migrator.Moves.Unknown("503: Redis is away"));
  }

  @Test
  void theStandbyIsBroughtUpToDateOnRequest() {
    answers(202, "{\"id\":\"warm-1\"}");
    token();
    assertThat(migrator().warm()).isEmpty();
    assertThat(authorization).isEqualTo(TestTokens.bearer(TestTokens.MONITOR));
    assertThat(asked).isEqualTo("POST /api/parity/warm");
    answers(409, "{\"detail\":\"a migration runs\"}");
    assertThat(migrator().warm()).contains("409: a migration runs");
  }

  @Test
  void anAcceptedOrderWithoutAUsableLocationIsAskedAgain() {
    answers(202, "{}");
    assertThat(order()).isEqualTo(new Answer.Failed("202 without a Location"));
    location = "http://[nowhere";
    assertThat(order()).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void whileAnotherMigrationRunsItIsBusy() {
    answers(409, "{\"title\":\"Conflict\",\"detail\":\"m-0 runs: follow it\",\"status\":409}");
    assertThat(order()).isEqualTo(new Answer.Busy("409: m-0 runs: follow it"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 412})
  void otherRefusalsAreRefusals(int refusal) {
    answers(refusal, "{\"title\":\"No\"}");
    assertThat(order()).isEqualTo(new Answer.Refused(refusal + ": No"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 429, 500, 503})
  void whatIsNeitherTakenNorRefusedIsAskedAgain(int odd) {
    answers(odd, "<html>oops</html>");
    assertThat(order()).isEqualTo(new Answer.Failed(odd + ": <html>oops</html>"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"before the answer", "within the body"})
  void aMigratorThatStallsFailsWithinTheTimeout(String where) {
    answers(202, "{");
    stall = where;
    long start = System.nanoTime();
    assertThat(order())
        .isInstanceOfSatisfying(
            Answer.Failed.class, failed -> assertThat(failed.problem()).contains("within 1500 ms"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(4));
  }

  @Test
  void aMigratorThatIsNotThereFails() throws IOException {
    URI nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = URI.create("http://127.0.0.1:" + free.getLocalPort());
    }
    assertThat(
            new Migrator(nobody, token(), null, TIMEOUT, TIMEOUT)
                .order(ServerName.BACKUP, "r", "k"))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.problem()).contains(nobody + "/api/migrations"));
    assertThat(
            new Migrator(URI.create("http://no-such-host.invalid"), token(), null, TIMEOUT, TIMEOUT)
                .order(ServerName.BACKUP, "r", "k"))
        .isInstanceOf(Answer.Failed.class);
  }

  @Test
  void anAnswerWithoutEndIsCutOff() {
    answers(409, "x".repeat(1 << 20));
    assertThat(order()).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void looksHowAMigrationGoes() {
    answers(200, "{\"id\":\"m-1\",\"state\":\"RUNNING\",\"steps\":[]}");
    assertThat(look()).isEqualTo(new Answer.Running());
    assertThat(asked).isEqualTo("GET /api/migrations/m-1");
    body = "{\"state\":\"ROLLED_BACK\",\"problem\":\"no room\"}";
    assertThat(look()).isEqualTo(new Answer.Ended("ROLLED_BACK, no room"));
    body = "{\"state\":\"REFUSED\"}";
    assertThat(look()).isEqualTo(new Answer.Ended("REFUSED"));
    answers(404, "{}");
    assertThat(look()).isInstanceOf(Answer.Ended.class);
  }

  @Test
  void aLookThatSaysNothingFails() {
    answers(503, "{\"detail\":\"Redis is away\"}");
    assertThat(look()).isEqualTo(new Answer.Failed("503: Redis is away"));
    answers(200, "not json");
    assertThat(look()).isInstanceOf(Answer.Failed.class);
    answers(200, "{}");
    assertThat(look()).isInstanceOf(Answer.Failed.class);
  }

  private void answers(int status, String body) {
    this.status = status;
    this.body = body;
  }

  private Answer order() {
    token();
    return migrator().order(ServerName.PRODUCTION, "memory is 95 % used", "key-1");
  }

  private Answer look() {
    return new Migrator(url("/"), token(), null, TIMEOUT, TIMEOUT).look(url("/api/migrations/m-1"));
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private void await() {
    try {
      testIsOver.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTokenIsReadAnewAtEachOrderAndOneThatIsOfNoUseIsToldWithoutIt() {
    answers(202, "{}");
    location = "/api/migrations/m-1";
    order();
    String fresh = "fresh-token-fresh-token-fresh-token-01";
    write(fresh, "rw-------");
    assertThat(migrator().order(ServerName.BACKUP, "r", "k")).isInstanceOf(Answer.Accepted.class);
    assertThat(authorization).isEqualTo(TestTokens.bearer(fresh));
    write(fresh, "rw-rw-rw-");
    assertThat(migrator().order(ServerName.BACKUP, "r", "k"))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed ->
                assertThat(failed.problem())
                    .contains("monkey.migrator.token-file")
                    .contains("mode is 0666")
                    .doesNotContain(fresh));
  }

  @Test
  void anOrderWhoseTokenIsNotKnownYetIsSentAgain() {
    answers(401, "{\"detail\":\"This token is not known here.\"}");
    assertThat(order()).isInstanceOf(Answer.Failed.class);
    answers(403, "{\"detail\":\"no\"}");
    assertThat(order()).isInstanceOf(Answer.Refused.class);
  }

  private Migrator migrator() {
    return new Migrator(url("/"), file(), null, TIMEOUT, TIMEOUT);
  }

  private SecretFile token() {
    write(TestTokens.MONITOR, "rw-------");
    return file();
  }

  private SecretFile file() {
    return new SecretFile("monkey.migrator.token-file", directory.resolve("migrator-token"));
  }

  private void write(String token, String mode) {
    TestTokens.write(directory.resolve("migrator-token"), token + "\n", mode);
  }
}
