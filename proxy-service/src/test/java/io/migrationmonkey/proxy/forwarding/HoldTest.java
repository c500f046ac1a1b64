package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HoldTest {

  private ProxyUnderTest proxy = ProxyUnderTest.started();
  private final List<RawClient> clients = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    proxy.close();
  }

  private RawClient client() throws Exception {
    RawClient client = proxy.client();
    clients.add(client);
    return client;
  }

  private void awaitWaiting(int count) {
    await().until(() -> proxy.gate.state().waiting() == count);
  }

  @Test
  void requestsWaitWhileAHoldStandsAndThenAllGoToTheNewServerInOrder() throws Exception {
    proxy.close();
    proxy =
        ProxyUnderTest.with(limits -> {
          limits.threads = 1;
          return limits;
        });
    proxy.hold("m-1");
    for (int i = 0; i < 40; i++) {
      RawClient client = client();
      if (i % 2 == 0) {
        client.get("/" + i);
      } else {
        client.post("/" + i, "body");
      }
      awaitWaiting(i + 1);
    }
    assertThat(proxy.production.heads()).isEmpty();
    proxy.flipTo(ServerName.BACKUP);
    for (RawClient client : clients) {
      assertThat(client.read().text()).isEqualTo("backup");
    }
    assertThat(proxy.production.heads()).isEmpty();
    assertThat(proxy.backup.paths())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 40).mapToObj(i -> "/" + i).toList());
    assertThat(proxy.gate.state().held()).isEqualTo(40);
    assertThat(proxy.gate.state().longestStall()).isPositive();
    assertThat(proxy.metrics.get("monkey_requests_held").counter().count()).isEqualTo(40);
    assertThat(proxy.metrics.get("monkey_hold").timer().count()).isEqualTo(40);
  }

  @Test
  void pipelinedRequestsOfOneClientWaitAndKeepTheirOrder() throws Exception {
    proxy.backup.answers(call -> call.ok(call.path()));
    proxy.hold("m-1");
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
    }
    RawClient client = client().send(all.toString());
    awaitWaiting(1);
    proxy.flipTo(ServerName.BACKUP);
    for (int i = 0; i < 10; i++) {
      assertThat(client.read().text()).isEqualTo("/" + i);
    }
  }

  @Test
  void whatIsInFlightWhenAHoldBeginsIsFinishedByTheOldServer() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    proxy.production.answers(call -> {
      arrived.countDown();
      goOn.await();
      call.ok("production");
    });
    RawClient early = client().post("/early", "x");
    assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
    proxy.hold("m-1");
    RawClient late = client().get("/late");
    awaitWaiting(1);
    assertThat(proxy.gate.state().allInFlight()).isEqualTo(1);
    goOn.countDown();
    assertThat(early.read().text()).isEqualTo("production");
    await().until(() -> proxy.gate.state().allInFlight() == 0);
    proxy.flipTo(ServerName.BACKUP);
    assertThat(late.read().text()).isEqualTo("backup");
  }

  @Test
  void theDeadlineOpensTheGateToTheLastRoute() throws Exception {
    proxy.hold("m-1", Duration.ofMillis(300));
    RawClient client = client().get("/");
    assertThat(client.read().text()).isEqualTo("production");
    assertThat(proxy.gate.state().longestStall()).isGreaterThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void aRequestHeldTooLongIsAskedToComeBack() throws Exception {
    proxy.close();
    proxy = ProxyUnderTest.with(limits -> limits, ProxyUnderTest.gate(10, Duration.ofMillis(200)));
    proxy.hold("m-1");
    RawClient client = client().get("/");
    Response response = client.read();
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("retry-after")).isEqualTo("1");
    assertThat(response.text()).contains("Held for too long");
    proxy.flipTo(ServerName.BACKUP);
    assertThat(client.get("/").read().text()).isEqualTo("backup");
  }

  @Test
  void oneMoreThanMayWaitIsRefused() throws Exception {
    proxy.close();
    proxy = ProxyUnderTest.with(limits -> limits, ProxyUnderTest.gate(2, Duration.ofSeconds(20)));
    proxy.hold("m-1");
    RawClient first = client().get("/1");
    RawClient second = client().get("/2");
    awaitWaiting(2);
    assertThat(client().get("/3").read().status()).isEqualTo(503);
    proxy.flipTo(ServerName.BACKUP);
    assertThat(first.read().status()).isEqualTo(200);
    assertThat(second.read().status()).isEqualTo(200);
  }

  @Test
  void aClientThatLeavesWhileItWaitsLeavesTheQueue() throws Exception {
    proxy.hold("m-1");
    RawClient gone = client().post("/gone", "never");
    RawClient stays = client().get("/stays");
    awaitWaiting(2);
    gone.close();
    awaitWaiting(1);
    proxy.flipTo(ServerName.BACKUP);
    assertThat(stays.read().status()).isEqualTo(200);
    assertThat(proxy.backup.paths()).containsExactly("/stays");
    assertThat(proxy.gate.state().allInFlight()).isZero();
  }

  @Test
  void aBodyIsNotReadWhileItsRequestWaits() throws Exception {
    proxy.backup.answers(call -> call.ok(String.valueOf(call.body().length)));
    proxy.hold("m-1");
    int size = 20_000_000;
    RawClient client =
        client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(size));
    CountDownLatch sent = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            client.socket().getOutputStream().write(new byte[size]);
            sent.countDown();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    awaitWaiting(1);
    assertThat(sent.await(500, TimeUnit.MILLISECONDS)).as("20 MB were taken in").isFalse();
    proxy.flipTo(ServerName.BACKUP);
    assertThat(client.read().text()).isEqualTo(String.valueOf(size));
  }

  @Test
  void idleConnectionsToTheOldServerCloseWithTheFlip() throws Exception {
    client().get("/").read();
    await().until(() -> proxy.production.open() == 1);
    proxy.flipTo(ServerName.BACKUP);
    await().until(() -> proxy.production.open() == 0);
  }

  @Test
  void withoutARouteRequestsAreAnsweredAtOnce() throws Exception {
    proxy.close();
    proxy = ProxyUnderTest.withoutRoute();
    Response response = client().get("/").read();
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("retry-after")).isEqualTo("1");
    assertThat(response.text()).contains("no route yet");
  }
}
