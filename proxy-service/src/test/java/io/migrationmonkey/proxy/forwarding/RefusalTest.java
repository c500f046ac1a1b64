package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest {

  private ProxyUnderTest proxy;

  @BeforeEach
  void start() {
    proxy =
        ProxyUnderTest.with(limits -> {
          limits.header = Duration.ofMillis(300);
          limits.idle = Duration.ofMillis(800);
          return limits;
        });
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Fold: one\r\n two\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Fold: one\r\n\ttwo\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
        "GET nonsense HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http:///path HTTP/1.1\r\nHost: a\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void whatServersMightReadInTwoWaysIsRefusedAndTheConnectionCloses(String request)
      throws Exception {
    try (RawClient client = proxy.client()) {
      Response response = client.send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertThat(response.status()).as(response.text()).isEqualTo(400);
      assertThat(response.header("content-type")).isEqualTo("application/problem+json");
      assertThat(response.header("connection")).isEqualTo("close");
      assertThat(client.closed()).isTrue();
    }
    assertThat(proxy.production.heads()).isEmpty();
    assertThat(proxy.count("monkey_refusals", "reason", "bad_request")).isEqualTo(1);
  }

  @Test
  void foldedLinesAreSeenHoweverTheyArrive() throws Exception {
    String request = "GET / HTTP/1.1\r\nHost: a\r\nX-Fold: one\r\n two\r\n\r\n";
    for (int cut = 1; cut < request.length() - 5; cut++) {
      try (RawClient client = proxy.client()) {
        client.send(request.substring(0, cut));
        Thread.yield();
        assertThat(client.send(request.substring(cut)).read().status())
            .as("cut at %d", cut)
            .isEqualTo(400);
      }
    }
    assertThat(proxy.production.heads()).isEmpty();
  }

  @Test
  void bodiesThatLookFoldedAreNot() throws Exception {
    try (RawClient client = proxy.client()) {
      assertThat(client.post("/", "a\r\n b\r\n\tc").read().status()).isEqualTo(200);
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
  }

  @Test
  void aBadChunkIsRefusedAndNeverMadeWhole() throws Exception {
    proxy.production.answers(call -> call.ok("whole"));
    try (RawClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
      assertThat(client.read().status()).isEqualTo(400);
    }
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
    assertThat(proxy.count("monkey_requests", "outcome", "answered")).isZero();
  }

  @Test
  void connectIsRefused() throws Exception {
    try (RawClient client = proxy.client()) {
      assertThat(client.send("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n").read().status())
          .isEqualTo(405);
    }
  }

  @Test
  void anotherVersionOfHttpIsRefused() throws Exception {
    try (RawClient client = proxy.client()) {
      assertThat(client.send("GET / HTTP/1.2\r\nHost: a\r\n\r\n").read().status()).isEqualTo(505);
    }
  }

  @Test
  void aRequestLineTooLongAndAHeaderTooLargeHaveTheirOwnAnswers() throws Exception {
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/" + "a".repeat(9000)).read().status()).isEqualTo(414);
    }
    try (RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(17_000) + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(431);
    }
  }

  @Test
  void aHeaderThatTricklesInIsCutOff() throws Exception {
    try (RawClient client = proxy.client().send("GET / HTTP/1.1\r\nHost: a")) {
      assertThat(client.read().status()).isEqualTo(408);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void aBodyThatStopsComingIsCutOff() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(client.read().status()).isEqualTo(408);
    }
    assertThat(proxy.gate.state().allInFlight()).isZero();
  }

  @Test
  void anIdleConnectionCloses() throws Exception {
    try (RawClient client = proxy.client()) {
      client.get("/").read();
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void aHeaderAheadOfItsTurnIsNotBlamedForTheWait() throws Exception {
    proxy.production.answers(call -> {
      if (call.path().equals("/slow")) {
        await().pollDelay(Duration.ofMillis(600)).until(() -> true);
      }
      call.ok("ok");
    });
    try (RawClient client = proxy.client()) {
      client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTT");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.send("P/1.1\r\nHost: a\r\n\r\n").read().status()).isEqualTo(200);
    }
  }
}
