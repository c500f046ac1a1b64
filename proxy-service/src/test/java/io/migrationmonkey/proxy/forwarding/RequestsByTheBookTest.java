package io.migrationmonkey.proxy.forwarding;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9110 and 9112 ask about requests on their way to a server; see docs/rfc.md. */
class RequestsByTheBookTest {

  private static final ProxyUnderTest PROXY = ProxyUnderTest.started();

  @AfterAll
  static void stop() {
    PROXY.close();
  }

  @BeforeEach
  void forget() {
    PROXY.production.answers(call -> call.ok("production")).forget();
  }

  private static Response ask(String request) throws Exception {
    try (RawClient client = PROXY.client()) {
      return client.send(request).read();
    }
  }

  private static String sent() {
    return PROXY.production.heads().getLast();
  }

  /** Sends a body in chunks, and says what of it the server read. */
  private static String sentInChunks(String headers, String chunks) throws Exception {
    AtomicReference<String> body = new AtomicReference<>();
    PROXY.production.answers(call -> {
      StringBuilder all = new StringBuilder();
      while (all.indexOf("0\r\n") < 0 || !all.toString().endsWith("\r\n\r\n")) {
        all.append((char) call.in().read());
      }
      body.set(all.toString());
      call.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + headers + "\r\n";
    assertThat(ask(head + chunks).status()).isEqualTo(200);
    return body.get().toLowerCase();
  }

  @Test
  void fieldsThatOnlyOthersUnderstandPassUnchanged() throws Exception {
    String[] fields = {
      "Authorization: Digest username=\"a, b\", qop=auth",
      "If-Match: \"x\", W/\"y\"",
      "If-None-Match: *",
      "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT",
      "If-Unmodified-Since: no date",
      "If-Range: W/\"z\"",
      "Range: bytes=0-,-99999999999999999999",
      "X-Nobody-Knows: a,, b ;q=0.1234"
    };
    Response response =
        ask("GET / HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields) + "\r\n\r\n");
    assertThat(response.status()).isEqualTo(200);
    assertThat(sent().lines()).contains(fields);
  }

  @Test
  void whiteSpaceAroundAValueIsNotPartOfIt() throws Exception {
    ask("GET / HTTP/1.1\r\nHost: \t a \t\r\nX-A:\t one  two \r\nX-B:\r\n\r\n");
    assertThat(sent().lines()).contains("Host: a", "X-A: one  two", "X-B: ");
  }

  @Test
  void emptyElementsOfConnectionHideNothing() throws Exception {
    ask(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: ,, x-mine\t,\r\nConnection: , \r\nX-Mine: 1\r\n\r\n");
    assertThat(sent().toLowerCase()).doesNotContain("x-mine", "connection");
  }

  @Test
  void aTrailerThatConnectionNamesStays() throws Exception {
    String body =
        sentInChunks(
            "Connection: x-mine\r\nTrailer: X-Sum\r\n",
            "1\r\na\r\n0\r\nX-Mine: 1\r\nConnection: x\r\nKeep-Alive: 1\r\nHost: evil\r\n"
                + "X-Forwarded-For: 6.6.6.6\r\nX-Sum: 1\r\n\r\n");
    assertThat(body).contains("x-sum: 1\r\n");
    assertThat(body)
        .doesNotContain("x-mine", "connection", "keep-alive", "host", "x-forwarded-for");
  }

  @Test
  void extensionsOfChunksArePassedOver() throws Exception {
    String body = sentInChunks("", "1;a;b=\"c d\"\r\nx\r\n2 ;e=f\r\nyz\r\n0;end\r\n\r\n");
    assertThat(body).doesNotContain(";").contains("x", "yz").endsWith("0\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({"1,0", "2147483647,2147483646", "99999999999999999999,2147483647", "007,6"})
  void maxForwardsIsCountedDownFromAnyNumber(String received, String forwarded) throws Exception {
    assertThat(
            ask("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + received + "\r\n\r\n").status())
        .isEqualTo(200);
    assertThat(sent().toLowerCase()).contains("max-forwards: " + forwarded + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPTIONS", "TRACE", "GET"})
  void maxForwardsIsNeverMadeUp(String method) throws Exception {
    ask(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent().toLowerCase()).doesNotContain("max-forwards");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 1\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
  void traceHasNoContent(String rest) throws Exception {
    assertThat(ask("TRACE / HTTP/1.1\r\nHost: a\r\n" + rest).status()).isEqualTo(400);
    assertThat(PROXY.production.heads()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET http://b HTTP/1.1, GET / HTTP/1.1",
    "GET http://b?q=1 HTTP/1.1, GET /?q=1 HTTP/1.1",
    "GET HTTP://b/x HTTP/1.1, GET /x HTTP/1.1",
    "OPTIONS http://b HTTP/1.1, OPTIONS * HTTP/1.1",
    "OPTIONS http://b/ HTTP/1.1, OPTIONS / HTTP/1.1",
    "OPTIONS http://b?q HTTP/1.1, OPTIONS /?q HTTP/1.1"
  })
  void aWholeUriBecomesAPathAndAHost(String received, String forwarded) throws Exception {
    assertThat(ask(received + "\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
    assertThat(sent()).startsWith(forwarded + "\r\n");
    assertThat(sent().lines().filter(line -> line.toLowerCase().startsWith("host:")))
        .satisfiesExactly(line -> assertThat(line).isEqualToIgnoringCase("host: b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET https:///x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a#fragment HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a#fragment HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"
      })
  void aTargetThatNamesNothingThatIsHereIsRefused(String request) throws Exception {
    assertThat(ask(request).status()).isEqualTo(400);
    assertThat(PROXY.production.heads()).isEmpty();
  }

  @Test
  void whatIsToBeSecuredIsNotTakenInTheClear() throws Exception {
    assertThat(ask("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(400);
    assertThat(PROXY.production.heads()).isEmpty();
  }

  @Test
  void anUpgradeThatIsNotForWebSocketOrFromAnOldClientIsIgnored() throws Exception {
    String upgrade = "Host: a\r\nConnection: Upgrade\r\nUpgrade: ";
    ask("GET / HTTP/1.0\r\n" + upgrade + "websocket\r\n\r\n");
    assertThat(sent().toLowerCase()).doesNotContain("upgrade");
    ask("GET / HTTP/1.1\r\n" + upgrade + "TLS/1.0\r\n\r\n");
    assertThat(sent().toLowerCase()).doesNotContain("upgrade");
  }

  @Test
  void nothingIsReadAfterTheRequestThatSaysClose() throws Exception {
    try (RawClient client = PROXY.client()) {
      client.send(
          "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.closed()).isTrue();
    }
    assertThat(PROXY.production.paths()).containsExactly("/1");
  }

  @Test
  void aServerThatSaysCloseGetsNoFurtherRequestOnThatConnection() throws Exception {
    PROXY.production.answers(
        call -> call.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    int before = PROXY.production.connections();
    try (RawClient client = PROXY.client()) {
      for (int i = 0; i < 3; i++) {
        Response response = client.get("/").read();
        assertThat(response.header("connection")).isNull();
      }
    }
    assertThat(PROXY.production.connections() - before).isBetween(2, 3);
  }

  @Test
  void anAnswerToNoRequestIsNoAnswer() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    CompletableFuture<Integer> next = new CompletableFuture<>();
    PROXY.production.answers(call -> {
      call.ok("good");
      if (!next.isDone()) {
        assertThat(answered.await(10, SECONDS)).isTrue();
        call.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
        next.complete(call.in().read());
      }
    });
    try (RawClient client = PROXY.client()) {
      assertThat(client.get("/").read().text()).isEqualTo("good");
      answered.countDown();
      assertThat(next).succeedsWithin(10, SECONDS).isEqualTo(-1);
      assertThat(client.get("/").read().text()).isEqualTo("good");
    }
  }

  @Test
  void nothingOfOneRequestIsLeftForTheNext() throws Exception {
    try (RawClient client = PROXY.client()) {
      client.send(
          "GET /1 HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nCookie: y\r\nVia: 1.1 z\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.get("/2").read().status()).isEqualTo(200);
    }
    assertThat(sent().toLowerCase())
        .startsWith("get /2 ")
        .contains("host: app\r\n", "via: 1.1 migration-monkey\r\n")
        .doesNotContain("authorization", "cookie", "1.1 z");
  }

  @Test
  void listsThatTheProxyAddsToHaveNoEmptyElements() throws Exception {
    try (ProxyUnderTest trusting =
            ProxyUnderTest.with(limits -> {
              limits.trusted = java.util.List.of("127.0.0.0/8");
              return limits;
            });
        RawClient client = trusting.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For:\r\nForwarded: \r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(trusting.production.heads().getLast().toLowerCase())
          .contains("x-forwarded-for: 127.0.0.1\r\n", "forwarded: for=127.0.0.1;proto=http\r\n");
    }
  }
}
