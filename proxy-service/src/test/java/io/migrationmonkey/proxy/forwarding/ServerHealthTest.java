package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.ServerName;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the servers are, as the checks and the requests find them. */
class ServerHealthTest {

  private final TestServer production = TestServer.named("production");
  private final TestServer backup = TestServer.named("backup");
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final UpstreamSettings upstreams =
      new UpstreamSettings(production.address(), backup.address());
  private final ServerHealth health = new ServerHealth(upstreams, metrics);
  private HealthChecks checks;

  @AfterEach
  void stop() {
    if (checks != null) {
      checks.stop();
    }
    production.close();
    backup.close();
  }

  private void check(String path) {
    CheckSettings settings =
        new CheckSettings(Duration.ofMillis(10), path, Duration.ofMillis(500), 2, 2);
    checks = new HealthChecks(settings, upstreams, health);
    checks.start();
  }

  private double healthy(ServerName server) {
    return metrics.get("monkey_upstream_healthy").tag("server", server.toString()).gauge().value();
  }

  @Test
  void itTakesSeveralChecksInARowToChangeTheVerdict() {
    CheckVerdict verdict = CheckVerdict.UNKNOWN.after(null, 3, 2);
    assertThat(verdict.healthy()).isTrue();
    verdict = verdict.after("down", 3, 2).after("down", 3, 2);
    assertThat(verdict.healthy()).isTrue();
    assertThat(verdict.problem()).isEqualTo("down");
    assertThat(verdict.after(null, 3, 2).after("down", 3, 2).healthy()).isTrue();
    verdict = verdict.after("down", 3, 2);
    assertThat(verdict.healthy()).isFalse();
    assertThat(verdict.after(null, 3, 2).healthy()).isFalse();
    assertThat(verdict.after(null, 3, 2).after(null, 3, 2).healthy()).isTrue();
  }

  @Test
  void theFirstCheckIsBelievedAtOnce() {
    assertThat(CheckVerdict.UNKNOWN.after("down", 5, 5).healthy()).isFalse();
    assertThat(CheckVerdict.UNKNOWN.asNumber()).isNaN();
  }

  @Test
  void aServerThatGoesAndComesBackIsSeenToDoSo() {
    check("");
    await().until(() -> healthy(ServerName.BACKUP) == 1);
    backup.stop();
    await().until(() -> healthy(ServerName.BACKUP) == 0);
    assertThat(health.of(ServerName.BACKUP).problem()).isNotBlank();
    assertThat(healthy(ServerName.PRODUCTION)).isOne();
    backup.startAgain();
    await().until(() -> healthy(ServerName.BACKUP) == 1);
    assertThat(health.of(ServerName.BACKUP).problem()).isNull();
  }

  @Test
  void whereAPathIsSetItsAnswerCounts() {
    AtomicReference<String> status = new AtomicReference<>("503 Sorry");
    production.answers(
        call -> call.write("HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n".formatted(status.get())));
    check("/ready");
    await().until(() -> healthy(ServerName.PRODUCTION) == 0);
    assertThat(health.of(ServerName.PRODUCTION).problem()).isEqualTo("it answered 503");
    status.set("204 No Content");
    await().until(() -> healthy(ServerName.PRODUCTION) == 1);
    assertThat(production.paths()).contains("/ready");
  }

  @Test
  void aServerThatAcceptsAndSaysNothingFailsItsCheckInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      HostPort address = new HostPort("127.0.0.1", silent.getLocalPort());
      assertThat(new HealthCheck(address, "/", Duration.ofMillis(100)).problem()).isNotNull();
    }
  }

  @Test
  void whatIsNotHttpFailsTheCheck() {
    assertThat(HealthCheck.problem("SSH-2.0-OpenS")).isEqualTo("it did not answer in HTTP");
    assertThat(HealthCheck.problem("HTTP/1.1 302 ")).isNull();
    assertThat(HealthCheck.problem("HTTP/1.0 404\r")).isEqualTo("it answered 404");
    assertThat(HealthCheck.problem("")).isNotNull();
  }

  @Test
  void settingsSayWhatIsAllowed() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new CheckSettings(Duration.ofSeconds(1), "ready", Duration.ofSeconds(1), 2, 2))
        .withMessageContaining("monkey.checks.path")
        .withMessageContaining("begin with '/'");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new CheckSettings(Duration.ofSeconds(-1), "", Duration.ofSeconds(1), 2, 2))
        .withMessageContaining("monkey.checks.every");
    assertThat(new CheckSettings(Duration.ZERO, "", Duration.ofSeconds(1), 2, 2).on()).isFalse();
  }

  @Test
  void requestsThatAServerFailsAreCountedAndForgottenWithTheNextAnswer() throws Exception {
    try (ProxyUnderTest proxy = ProxyUnderTest.started();
        RawClient client = proxy.client()) {
      proxy.production.answers(call -> call.socket().close());
      assertThat(client.post("/", "x").read().status()).isEqualTo(502);
      ServerHealth.State ill = proxy.health.of(ServerName.PRODUCTION);
      assertThat(ill.errorsInARow()).isOne();
      assertThat(ill.lastError()).startsWith("lost: ");
      assertThat(ill.reachable()).isTrue();
      assertThat(
              proxy
                  .metrics
                  .get("monkey_upstream_errors")
                  .tag("server", "production")
                  .tag("reason", "lost")
                  .counter()
                  .count())
          .isOne();
      proxy.production.answers(call -> call.ok("well"));
      assertThat(client.get("/").read().status()).isEqualTo(200);
      assertThat(proxy.health.of(ServerName.PRODUCTION).errorsInARow()).isZero();
    }
  }
}
