package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9110 and 9112 ask about responses on their way to a client; see docs/rfc.md. */
class ResponsesByTheBookTest {

  private static final ProxyUnderTest PROXY = ProxyUnderTest.started();

  @AfterAll
  static void stop() {
    PROXY.close();
  }

  private static Response whenTheServerSays(String response) throws Exception {
    PROXY.production.answers(call -> {
      call.write(response);
      call.socket().close();
    });
    try (RawClient client = PROXY.client()) {
      return client.get("/").read();
    }
  }

  @Test
  void fieldsThatOnlyOthersUnderstandPassUnchanged() throws Exception {
    String[] fields = {
      "Allow: GET, FROBNICATE",
      "WWW-Authenticate: Basic realm=\"a, b\"",
      "WWW-Authenticate: Negotiate",
      "Vary: Accept, *",
      "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT",
      "ETag: W/\"x\"",
      "Content-Range: bytes */99999999999999999999",
      "Location: /x#fragment",
      "Cache-Control: no-transform",
      "X-Nobody-Knows: a,, b"
    };
    Response response =
        whenTheServerSays(
            "HTTP/1.1 401 Unauthorized\r\n"
                + String.join("\r\n", fields)
                + "\r\nContent-Length: 0\r\n\r\n");
    assertThat(response.head().lines()).contains(fields);
  }

  @ParameterizedTest
  @ValueSource(ints = {206, 299, 399, 421, 499, 599})
  void aStatusThatNobodyKnowsPasses(int status) throws Exception {
    Response response = whenTheServerSays("HTTP/1.1 " + status + " \r\nContent-Length: 1\r\n\r\nx");
    assertThat(response.head()).startsWith("HTTP/1.1 " + status + " \r\n");
    assertThat(response.text()).isEqualTo("x");
  }

  @Test
  void aStatusWithoutAReasonStillHasItsSpace() throws Exception {
    assertThat(whenTheServerSays("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n").head())
        .matches("(?s)HTTP/1\\.1 200 [^\\r]*\\r\\n.*");
  }

  @Test
  void everyInterimResponsePassesAndHasADateLikeAllOthers() throws Exception {
    PROXY.production.answers(call -> {
      call.write("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 199 Whatever\r\nX: 1\r\n\r\n");
      call.write("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n");
      call.ok("end");
    });
    try (RawClient client = PROXY.client().get("/")) {
      Response first = client.read();
      assertThat(first.status()).isEqualTo(102);
      assertThat(first.header("date"))
          .matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
      assertThat(first.header("via")).isEqualTo("1.1 migration-monkey");
      assertThat(client.read().header("x")).isEqualTo("1");
      assertThat(client.read().header("content-length")).isNull();
      assertThat(client.read().text()).isEqualTo("end");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"})
  void noContentHasNoLengthAndNoCoding(String framing) throws Exception {
    Response response = whenTheServerSays("HTTP/1.1 204 No Content\r\n" + framing);
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.header("content-length")).isNull();
    assertThat(response.header("transfer-encoding")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "\r\nabc"
      })
  void resetContentHasNone(String rest) throws Exception {
    Response response = whenTheServerSays("HTTP/1.1 205 Reset Content\r\n" + rest);
    assertThat(response.status()).isEqualTo(205);
    assertThat(response.header("content-length")).isEqualTo("0");
    assertThat(response.header("transfer-encoding")).isNull();
  }

  @Test
  void aTrailerThatConnectionNamesStays() throws Exception {
    PROXY.production.answers(call ->
        call.write(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: x-mine\r\n\r\n"
                + "1\r\na\r\n0\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nX-Sum: 1\r\n\r\n"));
    try (RawClient client = PROXY.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      String all = new String(client.in().readAllBytes()).toLowerCase();
      assertThat(all).endsWith("\r\n0\r\nx-sum: 1\r\n\r\n").doesNotContain("x-mine", "keep-alive");
    }
  }

  @Test
  void upgradeRequiredNamesTheProtocolAndSaysSoInConnection() throws Exception {
    Response response =
        whenTheServerSays(
            "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket, TLS/1.2\r\n"
                + "Connection: Upgrade\r\nContent-Length: 0\r\n\r\n");
    assertThat(response.header("upgrade")).isEqualTo("websocket, TLS/1.2");
    assertThat(response.header("connection")).isEqualToIgnoringCase("upgrade");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\r: a\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\u00e4: a\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na"
      })
  void whatClientsMightReadInTwoWaysNeverReachesThem(String response) throws Exception {
    Response read = whenTheServerSays(response);
    assertThat(read.status()).isEqualTo(502);
    assertThat(read.header("content-type")).isEqualTo("application/problem+json");
  }

  @Test
  void aLineOfWhiteSpaceBeforeTheFirstHeaderIsNoHeader() throws Exception {
    Response response =
        whenTheServerSays(
            "HTTP/1.1 200 OK\r\n Set-Cookie: evil\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n");
    assertThat(response.head().toLowerCase()).doesNotContain("set-cookie", "evil");
  }

  @Test
  void aHeaderFoldedTwiceIsOneLine() throws Exception {
    Response response =
        whenTheServerSays("HTTP/1.1 200 OK\r\nX-A: 1\r\n\t2\r\n  3\r\nContent-Length: 0\r\n\r\n");
    assertThat(response.header("x-a")).isEqualTo("1 2 3");
  }

  @ParameterizedTest
  @CsvSource({"websocket,Upgrade,", "foo,Upgrade,x", ",Upgrade,x", "websocket,close,x"})
  void aSwitchToSomethingElseIsABadGateway(String upgrade, String connection, String accept)
      throws Exception {
    StringBuilder response = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    response.append("Connection: ").append(connection).append("\r\n");
    if (upgrade != null) {
      response.append("Upgrade: ").append(upgrade).append("\r\n");
    }
    if (accept != null) {
      response.append("Sec-WebSocket-Accept: x\r\n");
    }
    PROXY.production.answers(call -> call.write(response + "\r\n"));
    try (RawClient client = PROXY.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(502);
    }
  }

  @Test
  void theProxyItselfUsesNoStatusThatIsOnlyForOthers() {
    assertThat(Arrays.stream(Problem.Kind.values()).map(kind -> new Problem(kind, "").status()))
        .isNotEmpty()
        .doesNotContain(401, 407, 421, 426, 101, 206, 304, 416);
  }

  @Test
  void aMethodThatIsNotAllowedComesWithThoseThatAre() throws Exception {
    try (RawClient client = PROXY.client()) {
      Response response = client.send("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertThat(response.status()).isEqualTo(405);
      assertThat(response.header("allow")).contains("GET", "HEAD").doesNotContain("CONNECT");
    }
  }
}
