package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9110 and 9112 ask of an intermediary; docs/rfc.md says which sentence each is about. */
class ByTheBookTest {

  private ProxyUnderTest proxy = ProxyUnderTest.started();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private void restart(UnaryOperator<ProxyUnderTest.Limits> change) {
    proxy.close();
    proxy = ProxyUnderTest.with(change);
  }

  private Response ask(String request) throws Exception {
    try (RawClient client = proxy.client()) {
      return client.send(request).read();
    }
  }

  private String sent() {
    return proxy.production.heads().getLast().toLowerCase();
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPTIONS", "TRACE"})
  void maxForwardsIsCountedDown(String method) throws Exception {
    ask(method + " /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\n");
    assertThat(sent()).contains("max-forwards: 2\r\n");
  }

  @ParameterizedTest
  @CsvSource({"OPTIONS,200", "TRACE,405"})
  void aRequestThatMayGoNoFurtherIsAnsweredHere(String method, int status) throws Exception {
    Response answer = ask(method + " /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("allow")).contains("GET").doesNotContain("TRACE");
    assertThat(proxy.production.heads()).isEmpty();
  }

  @Test
  void maxForwardsOfOtherMethodsIsLeftAlone() throws Exception {
    ask("GET /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
    assertThat(sent()).contains("max-forwards: 0\r\n");
  }

  @Test
  void maxForwardsThatIsNoNumberIsRefused() throws Exception {
    assertThat(ask("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: x\r\n\r\n").status())
        .isEqualTo(400);
  }

  @Test
  void optionsForAWholeServerReachesItAsAnAsterisk() throws Exception {
    ask("OPTIONS http://other.example HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent()).startsWith("options * http/1.1\r\n").contains("host: other.example\r\n");
    ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent()).startsWith("options * http/1.1\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "GET http://user:secret@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void aHostOrTargetThatIsNoneIsRefused(String request) throws Exception {
    assertThat(ask(request).status()).isEqualTo(400);
    assertThat(proxy.production.heads()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a.example:8080", "[::1]:80", "127.0.0.1", "a:"})
  void hostsOfEveryKindPass(String host) throws Exception {
    assertThat(ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status()).isEqualTo(200);
  }

  @Test
  void aResponseWithoutADateGetsOneAndOneWithKeepsIt() throws Exception {
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").header("date")).endsWith("GMT");
    proxy.production.answers(call ->
        call.write(
            "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n"));
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").header("date"))
        .isEqualTo("Mon, 01 Jan 2024 00:00:00 GMT");
  }

  @Test
  void whatTheProxySaysItselfHasADate() throws Exception {
    assertThat(ask("GET / HTTP/1.1\r\n\r\n").header("date")).endsWith("GMT");
  }

  @Test
  void aTrailerReachesTheServer() throws Exception {
    proxy.production.answers(call -> {
      StringBuilder all = new StringBuilder();
      while (all.indexOf("x-sum: 1\r\n\r\n") < 0 && all.indexOf("X-Sum: 1\r\n\r\n") < 0) {
        all.append((char) call.in().read());
      }
      call.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    Response response =
        ask(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
    assertThat(response.status()).isEqualTo(200);
  }

  @Test
  void aClientThatTakesTrailersSaysSoToTheServerToo() throws Exception {
    ask("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
    assertThat(sent()).contains("te: trailers\r\n", "connection: te\r\n");
    ask("GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\nConnection: TE\r\n\r\n");
    assertThat(sent()).doesNotContain("\r\nte:", "connection:");
  }

  @Test
  void anExpectationOfAnOldClientIsIgnored() throws Exception {
    ask("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx");
    assertThat(sent()).doesNotContain("expect");
  }

  @Test
  void anOldClientNeverSeesAnInterimResponse() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
      call.ok("page");
    });
    assertThat(ask("GET / HTTP/1.0\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 0\r\n\r\n"
      })
  void aResponseWhoseEndIsNotClearIsABadGateway(String response) throws Exception {
    proxy.production.answers(call -> call.write(response));
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(502);
  }

  @Test
  void aFoldedResponseHeaderIsJoined() throws Exception {
    proxy.production.answers(
        call -> call.write("HTTP/1.1 200 OK\r\nX-Fold: one\r\n  two\r\nContent-Length: 0\r\n\r\n"));
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").header("x-fold")).isEqualTo("one two");
  }

  @Test
  void aSpaceBeforeTheColonOfAResponseHeaderIsRemoved() throws Exception {
    proxy.production.answers(
        call -> call.write("HTTP/1.1 200 OK\r\nX-Space : one\r\nContent-Length: 0\r\n\r\n"));
    Response response = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(response.header("x-space")).isEqualTo("one");
  }

  @Test
  void upgradeRequiredStillSaysToWhat() throws Exception {
    proxy.production.answers(call ->
        call.write(
            "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Content-Length: 0\r\n\r\n"));
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").header("upgrade")).isEqualTo("websocket");
  }

  @Test
  void aMethodThatNobodyKnowsPasses() throws Exception {
    ask("FROBNICATE /x HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent()).startsWith("frobnicate /x http/1.1\r\n");
  }

  @Test
  void theOrderOfRepeatedHeadersIsKept() throws Exception {
    ask("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 0\r\nX-A: 2\r\nX-A: 3\r\n\r\n");
    assertThat(sent().lines().filter(line -> line.startsWith("x-a")))
        .containsExactly("x-a: 1", "x-a: 2", "x-a: 3");
  }

  @Test
  void thePathIsNotRewritten() throws Exception {
    ask("GET /a/../b//c?%41=%zz&x=%C3%A4 HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(proxy.production.paths()).containsExactly("/a/../b//c?%41=%zz&x=%C3%A4");
  }

  @Test
  void viaIsAddedToWhatIsThere() throws Exception {
    ask("GET / HTTP/1.0\r\nHost: a\r\nVia: 1.1 somebody\r\n\r\n");
    assertThat(sent())
        .containsSubsequence("via: 1.1 somebody\r\n", "via: 1.0 migration-monkey\r\n");
  }

  @Test
  void aRequestThatGoesRoundInCirclesIsStopped() throws Exception {
    String via = "Via: 1.1 migration-monkey, 1.1 migration-monkey\r\n".repeat(3);
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n" + via + "\r\n").status()).isEqualTo(508);
  }

  @Test
  void aTrustedPeersWordIsBelievedAndAddedTo() throws Exception {
    restart(limits -> {
      limits.trusted = List.of("10.0.0.0/8", "127.0.0.0/8");
      return limits;
    });
    ask(
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: shop\r\nForwarded: for=6.6.6.6\r\n\r\n");
    assertThat(sent())
        .contains("x-forwarded-for: 6.6.6.6, 127.0.0.1\r\n", "x-forwarded-proto: https\r\n")
        .contains("x-forwarded-host: shop\r\n")
        .contains("forwarded: for=6.6.6.6, for=127.0.0.1;proto=http\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "proxy.example", "", "10.0.0"})
  void aTrustedPeerThatIsNoNetworkIsRefusedByName(String network) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PeerSettings(List.of(network), null))
        .withMessageContaining("monkey.peers.trusted has '" + network + "'");
  }

  @Test
  void aRequestKeepsItsIdOrGetsOne() throws Exception {
    ask("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-123\r\n\r\n");
    assertThat(sent()).contains("x-request-id: abc-123\r\n");
    ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent()).containsPattern("x-request-id: [0-9a-f]+-[0-9a-f]+\r\n");
    ask("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\"b\r\n\r\n");
    assertThat(sent()).doesNotContain("a\"b");
  }

  @Test
  void tooManyHeadersAreRefused() throws Exception {
    String many = "X: 1\r\n".repeat(100);
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n").status()).isEqualTo(431);
  }

  @Test
  void aBodyBeyondTheLimitIsRefusedWhetherItsLengthIsToldOrNot() throws Exception {
    restart(limits -> {
      limits.maxBody = 10;
      return limits;
    });
    proxy.production.answers(call -> call.ok(String.valueOf(call.body().length)));
    try (RawClient client = proxy.client()) {
      assertThat(client.post("/", "0123456789").read().text()).isEqualTo("10");
      assertThat(client.post("/", "0123456789a").read().status()).isEqualTo(413);
      assertThat(client.closed()).isTrue();
    }
    Response answer =
        ask(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n");
    assertThat(answer.status()).isEqualTo(413);
    assertThat(proxy.count("monkey_refusals", "reason", "body_too_large")).isEqualTo(2);
  }

  @Test
  void oneAddressMayNotTakeAllConnections() throws Exception {
    restart(limits -> {
      limits.maxConnectionsPerPeer = 2;
      return limits;
    });
    try (RawClient one = proxy.client().get("/");
        RawClient two = proxy.client().get("/")) {
      assertThat(one.read().status()).isEqualTo(200);
      assertThat(two.read().status()).isEqualTo(200);
      try (RawClient three = proxy.client()) {
        assertThat(three.read().status()).isEqualTo(503);
        assertThat(three.closed()).isTrue();
      }
      assertThat(one.get("/").read().status()).isEqualTo(200);
    }
    assertThat(proxy.count("monkey_refusals", "reason", "no_connection_free")).isEqualTo(1);
  }

  @Test
  void aBodyThatTricklesInIsTooSlowOnceTheGraceIsOver() {
    BodyMeter meter = new BodyMeter(0, 100);
    meter.tooLarge(1000);
    assertThat(meter.tooSlow(29_000)).isFalse();
    assertThat(meter.tooSlow(2_000)).isTrue();
    meter.tooLarge(10_000);
    assertThat(meter.tooSlow(2_000)).isFalse();
  }
}
