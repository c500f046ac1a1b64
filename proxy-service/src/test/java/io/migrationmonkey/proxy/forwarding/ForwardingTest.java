package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {

  private ProxyUnderTest proxy = ProxyUnderTest.started();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private void restart(java.util.function.UnaryOperator<ProxyUnderTest.Limits> change) {
    proxy.close();
    proxy = ProxyUnderTest.with(change);
  }

  @ParameterizedTest
  @EnumSource
  void requestsGoToTheActiveServerOverEveryTransport(Transport.Kind transport) throws Exception {
    restart(limits -> {
      limits.transport = transport;
      return limits;
    });
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/").read().text()).isEqualTo("production");
      proxy.flipTo(ServerName.BACKUP);
      assertThat(client.get("/").read().text()).isEqualTo("backup");
    }
  }

  @Test
  void bothConnectionsAreKeptAliveAndUsedAgain() throws Exception {
    try (RawClient client = proxy.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/" + i).read().status()).isEqualTo(200);
      }
    }
    assertThat(proxy.production.connections()).isEqualTo(1);
    assertThat(proxy.count("monkey_requests", "outcome", "answered")).isEqualTo(20);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    proxy.production.answers(call -> call.ok(call.path()));
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: app\r\n\r\n");
    }
    try (RawClient client = proxy.client().send(all.toString())) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.read().text()).isEqualTo("/" + i);
      }
    }
  }

  @Test
  void pipelinedPostsKeepTheirBodies() throws Exception {
    proxy.production.answers(call -> {
      String body = new String(call.body());
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
    });
    try (RawClient client = proxy.client()) {
      String one = "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 3\r\n\r\none";
      String two =
          "POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n";
      client.send(one + two + one);
      assertThat(client.read().text()).isEqualTo("one");
      assertThat(client.read().text()).isEqualTo("two");
      assertThat(client.read().text()).isEqualTo("one");
    }
  }

  @Test
  void chunkedBodiesPassBothWaysWithTheirTrailers() throws Exception {
    proxy.production.answers(call -> {
      call.body();
      call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      call.write("6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n");
    });
    try (RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      Response response = client.send("2\r\nde\r\n0\r\n\r\n").read();
      assertThat(response.text()).isEqualTo("hello world");
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
  }

  @Test
  void aTrailerReachesTheClient() throws Exception {
    proxy.production.answers(call ->
        call.write(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n"));
    try (RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n");
      assertThat(new String(client.in().readAllBytes()).toLowerCase())
          .contains("\r\n0\r\nx-sum: 1\r\n\r\n");
    }
  }

  @Test
  void headHasNoBodyWhateverLengthItNames() throws Exception {
    proxy.production.answers(call -> call.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
    try (RawClient client = proxy.client()) {
      Response head = client.send("HEAD / HTTP/1.1\r\nHost: app\r\n\r\n").read();
      assertThat(head.header("content-length")).isEqualTo("1000");
      proxy.production.answers(call -> call.ok("next"));
      assertThat(client.get("/").read().text()).isEqualTo("next");
    }
  }

  @Test
  void notModifiedAndNoContentHaveNoBody() throws Exception {
    try (RawClient client = proxy.client()) {
      for (String status : new String[] {"304 Not Modified", "204 No Content"}) {
        proxy.production.answers(
            call -> call.write("HTTP/1.1 " + status + "\r\nETag: \"a\"\r\n\r\n"));
        assertThat(client.get("/").read().header("etag")).isEqualTo("\"a\"");
      }
    }
  }

  @Test
  void anExpectingClientIsToldToContinueByTheServer() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 100 Continue\r\n\r\n");
      call.ok("thanks");
    });
    try (RawClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: app\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(100);
      assertThat(client.send("body").read().text()).isEqualTo("thanks");
    }
  }

  @Test
  void earlyHintsDoNotEndTheExchange() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
      call.ok("page");
    });
    try (RawClient client = proxy.client()) {
      client.get("/");
      assertThat(client.read().header("link")).isEqualTo("</a.css>");
      assertThat(client.read().text()).isEqualTo("page");
      assertThat(proxy.gate.state().allInFlight()).isZero();
    }
  }

  @Test
  void hopByHopHeadersStayAndTheProxySaysWhoItIs() throws Exception {
    proxy.production.answers(call -> {
      call.body();
      call.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: X-Inner, Content-Length\r\n"
              + "X-Inner: secret\r\nKeep-Alive: timeout=5\r\nX-Outer: yes\r\n\r\n");
    });
    try (RawClient client = proxy.client()) {
      Response response =
          client
              .send(
                  "GET /path?q=1 HTTP/1.1\r\nHost: shop.example\r\nConnection: X-Mine, Host,"
                      + " keep-alive\r\nX-Mine: 1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host:"
                      + " evil\r\nForwarded: for=6.6.6.6\r\nProxy-Authorization: x\r\nTE: trailers\r\n"
                      + "Upgrade: h2c\r\nX-Other: 2\r\n\r\n")
              .read();
      String sent = proxy.production.heads().getFirst().toLowerCase();
      assertThat(sent)
          .startsWith("get /path?q=1 http/1.1\r\n")
          .contains("host: shop.example\r\n", "x-other: 2", "via: 1.1 migration-monkey\r\n")
          .contains("x-forwarded-for: 127.0.0.1\r\n", "x-forwarded-host: shop.example\r\n")
          .contains("x-forwarded-proto: http\r\n")
          .contains("forwarded: for=127.0.0.1;proto=http\r\n", "te: trailers\r\n")
          .doesNotContain("x-mine", "6.6.6.6", "evil", "proxy-authorization", "upgrade");
      assertThat(response.head()).doesNotContain("secret").doesNotContainIgnoringCase("keep-alive");
      assertThat(response.header("x-outer")).isEqualTo("yes");
      assertThat(response.header("via")).isEqualTo("1.1 migration-monkey");
    }
  }

  @Test
  void aTargetWithAnAuthorityOverrulesHost() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("GET http://other.example/a?b HTTP/1.1\r\nHost: app\r\n\r\n").read();
      assertThat(proxy.production.heads().getFirst().toLowerCase())
          .startsWith("get /a?b http/1.1")
          .contains("host: other.example\r\n");
    }
  }

  @Test
  void anOldClientGetsAnswersItUnderstands() throws Exception {
    proxy.production.answers(call ->
        call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    try (RawClient client = proxy.client()) {
      Response response = client.send("GET / HTTP/1.0\r\n\r\n").read();
      assertThat(response.header("transfer-encoding")).isNull();
      assertThat(response.header("connection")).isEqualTo("close");
      assertThat(response.text()).isEqualTo("abc");
      assertThat(client.closed()).isTrue();
    }
    assertThat(proxy.production.heads().getFirst().toLowerCase())
        .contains("host: " + proxy.production.address());
  }

  @Test
  void anOldClientMayKeepItsConnectionWhereTheLengthIsKnown() throws Exception {
    try (RawClient client = proxy.client()) {
      for (int i = 0; i < 2; i++) {
        Response response =
            client.send("GET / HTTP/1.0\r\nHost: app\r\nConnection: keep-alive\r\n\r\n").read();
        assertThat(response.header("connection")).isEqualTo("keep-alive");
      }
    }
  }

  @Test
  void aBodyThatEndsWithTheServersConnectionIsPassedOnInChunks() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.0 200 OK\r\n\r\nuntil the end");
      call.socket().close();
    });
    try (RawClient client = proxy.client()) {
      Response response = client.get("/").read();
      assertThat(response.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(response.text()).isEqualTo("until the end");
    }
  }

  @Test
  void theConnectionClosesWhereTheClientAsksForIt() throws Exception {
    try (RawClient client = proxy.client()) {
      Response response =
          client.send("GET / HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n").read();
      assertThat(response.header("connection")).isEqualTo("close");
      assertThat(client.closed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n"
      })
  void aResponseThatBreaksOffIsBrokenOffForTheClient(String truncated) throws Exception {
    proxy.production.answers(call -> {
      call.write(truncated);
      call.socket().close();
    });
    try (RawClient client = proxy.client().get("/")) {
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
    await()
        .untilAsserted(
            () -> assertThat(proxy.count("monkey_requests", "outcome", "broken")).isEqualTo(1));
    assertThat(proxy.gate.state().allInFlight()).isZero();
  }

  @Test
  void anOldClientToldOfNoLengthSeesAResetWhereTheBodyBreaksOff() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      call.socket().close();
    });
    try (RawClient client = proxy.client().send("GET / HTTP/1.0\r\nHost: app\r\n\r\n")) {
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
      })
  void aResponseThatIsNotHttpIsABadGateway(String response) throws Exception {
    proxy.production.answers(call -> call.write(response));
    try (RawClient client = proxy.client()) {
      Response answer = client.get("/").read();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    }
    assertThat(proxy.count("monkey_refusals", "reason", "bad_response")).isEqualTo(1);
  }

  @Test
  void aSwitchToWebSocketThatIsNoneIsABadGateway() throws Exception {
    proxy.production.answers(call ->
        call.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"));
    try (RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(502);
    }
  }

  @Test
  void whatAServerSaysUnaskedNeverAnswersTheNextRequest() throws Exception {
    proxy.production.answers(call -> {
      if (call.path().equals("/first")) {
        call.write(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
      } else {
        call.ok("good");
      }
    });
    try (RawClient client = proxy.client()) {
      client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("a");
      assertThat(client.read().text()).isEqualTo("good");
    }
  }

  @Test
  void aClientThatLeavesEndsItsRequestAndLeavesNothingInFlight() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch serverSawTheEnd = new CountDownLatch(1);
    proxy.production.answers(call -> {
      arrived.countDown();
      if (call.in().read() < 0) {
        serverSawTheEnd.countDown();
      }
    });
    try (RawClient client = proxy.client().get("/")) {
      assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(proxy.gate.state().allInFlight()).isEqualTo(1);
      client.socket().setSoLinger(true, 0);
    }
    assertThat(serverSawTheEnd.await(10, TimeUnit.SECONDS)).isTrue();
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
    assertThat(proxy.count("monkey_requests", "outcome", "abandoned")).isEqualTo(1);
  }

  @Test
  void anAnswerBeforeTheEndOfTheRequestReachesTheClientAndEndsTheConnection() throws Exception {
    proxy.production.answers(
        call -> call.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"));
    try (RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 100000\r\n\r\nsome");
      assertThat(client.read().status()).isEqualTo(413);
      client.send("GET /smuggled HTTP/1.1\r\nHost: app\r\n\r\n");
      assertThat(client.closed()).isTrue();
    }
    assertThat(proxy.production.paths()).containsExactly("/");
  }

  @Test
  void aServerThatSaysNothingIsATimeout() throws Exception {
    restart(limits -> {
      limits.response = Duration.ofMillis(300);
      return limits;
    });
    proxy.production.answers(call -> call.in().read());
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/").read().status()).isEqualTo(504);
    }
    assertThat(proxy.gate.state().allInFlight()).isZero();
  }

  @Test
  void webSocketsPassBytesBothWaysAndEndWhenAHoldBegins() throws Exception {
    proxy.production.answers(call -> {
      call.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: x\r\n\r\nhi");
      call.upgraded = true;
      int b;
      while ((b = call.in().read()) >= 0) {
        call.out().write(Character.toUpperCase(b));
        call.out().flush();
      }
    });
    try (RawClient client = proxy.client()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n");
      Response response = client.read();
      assertThat(response.status()).isEqualTo(101);
      assertThat(response.header("sec-websocket-accept")).isEqualTo("x");
      assertThat(new String(client.in().readNBytes(2))).isEqualTo("hi");
      client.send("abc");
      assertThat(new String(client.in().readNBytes(3))).isEqualTo("ABC");
      assertThat(proxy.gate.state().allInFlight()).isEqualTo(1);
      proxy.hold("m-1");
      assertThat(client.closed()).isTrue();
      await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
    }
  }

  @Test
  void stoppingAnswersWhatIsInFlightAndRefusesWhatIsNew() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    proxy.production.answers(call -> {
      arrived.countDown();
      goOn.await();
      call.ok("done");
    });
    int port = proxy.server.port();
    try (RawClient client = proxy.client().get("/");
        RawClient idle = proxy.client()) {
      assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
      Thread stopping = Thread.ofPlatform().start(proxy.server::stop);
      assertThat(idle.closed()).isTrue();
      assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
      goOn.countDown();
      assertThat(client.read().text()).isEqualTo("done");
      assertThat(client.closed()).isTrue();
      assertThat(stopping.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void aConnectionTooManyIsToldSoAndClosed() throws Exception {
    restart(limits -> {
      limits.maxConnections = 1;
      return limits;
    });
    try (RawClient first = proxy.client()) {
      first.get("/").read();
      try (RawClient second = proxy.client()) {
        assertThat(second.read().status()).isEqualTo(503);
        assertThat(second.closed()).isTrue();
      }
      assertThat(first.get("/").read().status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatHasEndedItsSideStillGetsWhatItAskedFor() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    proxy.production.answers(call -> {
      goOn.await();
      call.ok(call.path());
    });
    try (RawClient client = proxy.client()) {
      client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      client.socket().shutdownOutput();
      goOn.countDown();
      assertThat(client.read().text()).isEqualTo("/1");
      assertThat(client.read().text()).isEqualTo("/2");
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void aClientThatEndsItsSideInTheMiddleOfItsRequestIsGone() throws Exception {
    for (String part :
        new String[] {"GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"}) {
      try (RawClient client = proxy.client().send(part)) {
        client.socket().shutdownOutput();
        assertThat(client.closed()).isTrue();
      }
    }
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
  }
}
