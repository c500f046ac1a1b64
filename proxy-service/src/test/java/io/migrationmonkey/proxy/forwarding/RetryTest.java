package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {

  private ProxyUnderTest proxy = ProxyUnderTest.started();

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void requestsSurviveAServerThatClosesItsIdleConnections() throws Exception {
    try (RawClient client = proxy.client()) {
      client.get("/1").read();
      for (int i = 0; i < 20; i++) {
        proxy.production.closeConnections();
        await().until(() -> proxy.production.open() == 0);
        assertThat(client.get("/get").read().status()).isEqualTo(200);
        proxy.production.closeConnections();
        assertThat(proxy.production.open()).isLessThanOrEqualTo(1);
        // The close is on its way while the request is: nothing was sent, or nothing is sent twice.
        await().until(() -> proxy.production.open() == 0);
        assertThat(client.post("/post", "body").read().status()).isEqualTo(200);
      }
    }
    assertThat(proxy.production.paths()).hasSize(41);
  }

  @Test
  void aRequestWaitsForAServerThatIsBeingStarted() throws Exception {
    proxy.production.stop();
    try (RawClient client = proxy.client().post("/", "body")) {
      await().until(() -> proxy.count("monkey_retries", "reason", "not_connected") >= 2);
      assertThat(proxy.gate.state().allInFlight())
          .as("in flight between attempts")
          .isLessThanOrEqualTo(1);
      assertThat(
              proxy
                  .metrics
                  .get("monkey_upstream_reachable")
                  .tag("server", "production")
                  .gauge()
                  .value())
          .isZero();
      proxy.production.startAgain();
      assertThat(client.read().text()).isEqualTo("production");
    }
    assertThat(proxy.production.paths()).containsExactly("/");
  }

  @Test
  void aRequestThatIsTriedAgainAsksTheGateAnew() throws Exception {
    proxy.production.stop();
    try (RawClient client = proxy.client().post("/", "body")) {
      await().until(() -> proxy.count("monkey_retries", "reason", "not_connected") >= 1);
      proxy.flipTo(ServerName.BACKUP);
      assertThat(client.read().text()).isEqualTo("backup");
    }
  }

  @Test
  void aHoldThatBeginsBetweenAttemptsKeepsTheRequestWaiting() throws Exception {
    proxy.production.stop();
    try (RawClient client = proxy.client().post("/", "body")) {
      await().until(() -> proxy.count("monkey_retries", "reason", "not_connected") >= 1);
      proxy.hold("m-1");
      await().until(() -> proxy.gate.state().waiting() == 1);
      await().until(() -> proxy.gate.state().allInFlight() == 0);
      proxy.flipTo(ServerName.BACKUP);
      assertThat(client.read().text()).isEqualTo("backup");
    }
  }

  @Test
  void aServerThatCannotBeReachedIsABadGatewayAfterTheDeadline() throws Exception {
    proxy.close();
    proxy =
        ProxyUnderTest.with(limits -> {
          limits.retry = Duration.ofMillis(300);
          return limits;
        });
    proxy.production.stop();
    try (RawClient client = proxy.client()) {
      Response response = client.post("/", "x").read();
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.header("retry-after")).isEqualTo("1");
      assertThat(response.text()).contains("production", "attempts");
    }
    assertThat(proxy.gate.state().allInFlight()).isZero();
  }

  @Test
  void aPostThatWasSentIsNeverSentAgain() throws Exception {
    proxy.production.answers(call -> call.socket().close());
    try (RawClient client = proxy.client()) {
      Response response = client.post("/once", "body").read();
      assertThat(response.status()).isEqualTo(502);
    }
    assertThat(proxy.production.paths()).containsExactly("/once");
  }

  @Test
  void aPutWithABodyThatWasSentIsNotSentAgainEither() throws Exception {
    proxy.production.answers(call -> call.socket().close());
    try (RawClient client = proxy.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
      assertThat(client.read().status()).isEqualTo(502);
    }
    assertThat(proxy.production.paths()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "PUT"})
  void whatMayBeRepeatedIsSentAgainWhereNothingCameBack(String method) throws Exception {
    AtomicInteger calls = new AtomicInteger();
    proxy.production.answers(call -> {
      if (calls.incrementAndGet() == 1) {
        call.socket().close();
      } else {
        call.ok("second");
      }
    });
    try (RawClient client = proxy.client()) {
      client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("second");
    }
    assertThat(calls).hasValue(2);
  }

  @Test
  void aGetIsNotRepeatedForEver() throws Exception {
    proxy.production.answers(call -> call.socket().close());
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/").read().status()).isEqualTo(502);
    }
    assertThat(proxy.production.paths()).hasSize(3);
  }

  @Test
  void aGetIsNotSentAgainOnceSomethingCameBack() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Le");
      call.socket().close();
    });
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/").read().status()).isEqualTo(502);
    }
    assertThat(proxy.production.paths()).hasSize(1);
  }

  @Test
  void idleConnectionsAreNotKeptLongerThanTheServerKeepsThem() throws Exception {
    proxy.close();
    proxy =
        ProxyUnderTest.with(limits -> {
          limits.poolIdle = Duration.ofMillis(300);
          return limits;
        });
    try (RawClient client = proxy.client()) {
      client.get("/").read();
      assertThat(proxy.production.open()).isEqualTo(1);
      await().until(() -> proxy.production.open() == 0);
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
  }
}
