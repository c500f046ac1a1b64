package io.migrationmonkey.proxy.forwarding;

import static io.migrationmonkey.proxy.forwarding.Http2RawClient.ACK;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.DATA;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.END_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.HEADERS;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.PING;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.RST_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.SETTINGS;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.block;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.proxy.forwarding.Http2RawClient.Frame;
import io.migrationmonkey.proxy.forwarding.Http2RawClient.Response;
import io.migrationmonkey.proxy.routing.HoldOrder;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9113 asks beyond what h2spec looks at; see docs/rfc.md. */
class Http2ByTheBookTest {

  private static final ProxyUnderTest PROXY = ProxyUnderTest.started();

  @AfterAll
  static void stop() {
    PROXY.close();
  }

  @BeforeEach
  void forget() {
    PROXY.production.answers(call -> call.ok("production")).forget();
  }

  private static Http2RawClient client() throws IOException {
    return Http2RawClient.to(PROXY.server.port());
  }

  private static String sent() {
    return PROXY.production.heads().getLast();
  }

  @Test
  void settingsComeFirstAndSayNothingThatAServerMayNotSay() throws Exception {
    try (Http2RawClient client = client()) {
      Frame first = client.next();
      assertThat(first.type()).isEqualTo(SETTINGS);
      assertThat(first.flags()).isZero();
      assertThat(first.stream()).isZero();
      for (int at = 0; at < first.payload().length; at += 6) {
        int id = first.number(at) >>> 16;
        long value = first.number(at + 2) & 0xffffffffL;
        switch (id) {
          case 2 -> assertThat(value).as("push").isZero();
          case 4 -> assertThat(value).as("window").isLessThan(1L << 31);
          case 5 -> assertThat(value).as("frame size").isBetween(1L << 14, (1L << 24) - 1);
          default -> assertThat(id).isIn(1, 3, 6);
        }
      }
    }
  }

  @Test
  void noFrameIsLargerThanTheClientTakesAndNoneIsPadded() throws Exception {
    PROXY.production.answers(call -> call.ok("x".repeat(60_000)));
    try (Http2RawClient client = client().get(1, "/")) {
      int bytes = 0;
      Frame frame;
      do {
        frame = client.nextOf(1);
        assertThat(frame.payload()).hasSizeLessThanOrEqualTo(1 << 14);
        int mayHave = frame.type() == DATA ? END_STREAM : END_STREAM | 4;
        assertThat(frame.flags() & ~mayHave).as("flags of %s", frame.type()).isZero();
        bytes += frame.type() == DATA ? frame.payload().length : 0;
      } while (!frame.has(END_STREAM));
      assertThat(bytes).isEqualTo(60_000);
    }
  }

  @Test
  void aSmallerTableIsConfirmedAtTheBeginningOfTheNextHeader() throws Exception {
    try (Http2RawClient client = client().setting(1, 0)) {
      Frame frame = client.next(SETTINGS);
      while (!frame.has(ACK)) {
        frame = client.next(SETTINGS);
      }
      client.get(1, "/");
      byte[] header = client.nextOf(1).payload();
      assertThat(header[0]).as("a table size update to 0").isEqualTo((byte) 0x20);
    }
  }

  @Test
  void afterAResetNothingMoreIsSentAndNoResetComesBack() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    PROXY.production.answers(call -> {
      answered.await();
      call.ok("late");
    });
    try (Http2RawClient client = client().get(1, "/")) {
      await().until(() -> PROXY.production.heads().size() == 1);
      client.reset(1, 8).reset(1, 8).frame(PING, 0, 0, new byte[8]);
      answered.countDown();
      await().until(() -> PROXY.gate.state().allInFlight() == 0);
      PROXY.production.answers(call -> call.ok("next"));
      client.get(3, "/next");
      Frame frame = client.next();
      while (!(frame.stream() == 3 && frame.has(END_STREAM) && frame.type() <= HEADERS)) {
        assertThat(frame.stream()).as(frame.toString()).isNotEqualTo(1);
        assertThat(frame.type()).isNotEqualTo(RST_STREAM);
        frame = client.next();
      }
    }
  }

  @Test
  void whatIsOfTheServersConnectionStaysThere() throws Exception {
    PROXY.production.answers(call ->
        call.write(
            "HTTP/1.1 200 OK\r\nConnection: x-mine, Upgrade\r\nX-Mine: 1\r\nKeep-Alive: 5\r\n"
                + "Proxy-Connection: x\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\nX-B: 1\r\n\r\n"
                + "1\r\na\r\n0\r\nX-Mine: 2\r\nConnection: x\r\nX-Sum: 1\r\n\r\n"));
    try (Http2RawClient client = client().get(1, "/")) {
      Response response = client.read(1);
      assertThat(response.header("x-b")).isEqualTo("1");
      assertThat(response.headers().names().stream().map(Object::toString))
          .doesNotContain(
              "connection",
              "x-mine",
              "keep-alive",
              "proxy-connection",
              "upgrade",
              "transfer-encoding");
      assertThat(response.trailers().names().stream().map(Object::toString))
          .containsExactly("x-sum");
    }
  }

  @Test
  void aSwitchThatIsRequiredNamesNoConnectionField() throws Exception {
    PROXY.production.answers(call ->
        call.write(
            "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Content-Length: 0\r\n\r\n"));
    try (Http2RawClient client = client().get(1, "/")) {
      Response response = client.read(1);
      assertThat(response.status()).isEqualTo(426);
      assertThat(response.header("connection")).isNull();
      assertThat(response.header("upgrade")).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"204,", "205,0"})
  void whatHasNoContentHasNoData(int status, String length) throws Exception {
    PROXY.production.answers(call ->
        call.write(
            "HTTP/1.1 "
                + status
                + " X\r\nContent-Length: "
                + (status == 204 ? "0\r\n\r\n" : "3\r\n\r\nabc")));
    try (Http2RawClient client = client().get(1, "/")) {
      Response response = client.read(1);
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.header("content-length")).isEqualTo(length);
      assertThat(response.body()).isEmpty();
      assertThat(response.reset()).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http,app,app:80",
    "http,app:80,APP",
    "http,app:,app",
    "https,app:443,app",
    "http,[::1]:80,[::1]"
  })
  void hostAndAuthorityAreOneWhereOnlyTheUsualPortTellsThemApart(
      String scheme, String authority, String host) throws Exception {
    try (ProxyUnderTest trusting =
            ProxyUnderTest.with(limits -> {
              limits.trusted = java.util.List.of("127.0.0.0/8");
              return limits;
            });
        Http2RawClient client = Http2RawClient.to(trusting.server.port())) {
      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          scheme,
          ":path",
          "/",
          ":authority",
          authority,
          "host",
          host);
      assertThat(client.read(1).status()).isEqualTo(200);
      assertThat(trusting.production.heads().getLast()).contains("\r\nhost: " + authority + "\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"http,app:443,app", "https,app:80,app", "http,app,app:81", "http,app:80,app:81"})
  void hostAndAuthorityAreTwoWhereAnyOtherPortDoes(String scheme, String authority, String host)
      throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          scheme,
          ":path",
          "/",
          ":authority",
          authority,
          "host",
          host);
      assertThat(client.read(1).reset()).isEqualTo(Http2RawClient.PROTOCOL_ERROR);
    }
    assertThat(PROXY.production.heads()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,http,/,user@app",
    "GET,http,/,''",
    "GET,http,*,app",
    "GET,http,/#fragment,app",
    "GET,https,/,app"
  })
  void aTargetThatNamesNothingThatIsHereIsRefused(
      String method, String scheme, String path, String authority) throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(
          1, true, ":method", method, ":scheme", scheme, ":path", path, ":authority", authority);
      Response response = client.read(1);
      assertThat(response.status() == 400 || response.reset() == Http2RawClient.PROTOCOL_ERROR)
          .as(response.toString())
          .isTrue();
    }
    assertThat(PROXY.production.heads()).isEmpty();
  }

  @Test
  void aRequestWithoutAnyHostIsRefused() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/");
      assertThat(client.read(1).status()).isEqualTo(400);
    }
  }

  @Test
  void optionsForAWholeServerIsAnAsterisk() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("OPTIONS", "*"));
      assertThat(client.read(1).status()).isEqualTo(200);
    }
    assertThat(sent()).startsWith("OPTIONS * HTTP/1.1\r\n");
  }

  @Test
  void traceHasNoContentHereEither() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("TRACE", "/")).data(1, true, "x");
      assertThat(client.read(1).status()).isEqualTo(400);
    }
    assertThat(PROXY.production.heads()).isEmpty();
  }

  @Test
  void aHeaderWithoutTheEndOfItsStreamInTheMiddleOfABodyIsMalformed() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/")).data(1, false, "x");
      client.frame(HEADERS, 4, 1, block("x-sum", "1"));
      assertThat(client.read(1).reset()).isEqualTo(Http2RawClient.PROTOCOL_ERROR);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X\u00e4: 1", "X: a\rb"})
  void aResponseThatWouldBeMalformedHereIsABadGateway(String field) throws Exception {
    PROXY.production.answers(
        call -> call.write("HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: 0\r\n\r\n"));
    try (Http2RawClient client = client().get(1, "/")) {
      assertThat(client.read(1).status()).isEqualTo(502);
    }
  }

  @Test
  void framesAreReadWhileABodyWaits() throws Exception {
    PROXY.hold("m-1");
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/")).data(1, false, "x");
      client.frame(PING, 0, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
      Frame pong = client.next(PING);
      assertThat(pong.flags()).isEqualTo(ACK);
      assertThat(pong.payload()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
      PROXY.gate.follow(PROXY.gate.state().route(), new HoldOrder.Open());
      assertThat(client.data(1, true, "y").read(1).status()).isEqualTo(200);
    } finally {
      PROXY.gate.follow(PROXY.gate.state().route(), new HoldOrder.Open());
    }
  }
}
