package io.migrationmonkey.proxy.forwarding;

import static io.migrationmonkey.proxy.forwarding.Http2RawClient.CONTINUATION;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.DATA;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.END_HEADERS;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.END_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.ENHANCE_YOUR_CALM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.FRAME_SIZE_ERROR;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.HEADERS;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.NO_ERROR;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.PING;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.PRIORITY;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.PROTOCOL_ERROR;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.REFUSED_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.RST_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.SETTINGS;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.STREAM_CLOSED;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.WINDOW_UPDATE;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.block;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.fields;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.proxy.forwarding.Http2RawClient.Frame;
import io.migrationmonkey.proxy.forwarding.Http2RawClient.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients of HTTP/2 that do what they must not: each ends in its way, and nothing is left. */
class Http2StrictTest {

  private static final Watched WATCHED = new Watched();

  @AfterAll
  static void nothingLeaked() throws Exception {
    assertThat(WATCHED.leaks()).isEmpty();
    WATCHED.close();
  }

  private final ProxyUnderTest proxy =
      ProxyUnderTest.with(limits -> {
        limits.header = Duration.ofMillis(700);
        limits.idle = Duration.ofSeconds(2);
        limits.response = Duration.ofSeconds(1);
        limits.maxStreams = 10;
        limits.maxResets = 50;
        limits.maxControlFrames = 100;
        limits.maxHeaders = 50;
        return limits;
      });

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (Http2RawClient client = client()) {
      proxy.production.answers(call -> call.ok("still here"));
      assertThat(client.get(1, "/").read(1).text()).isEqualTo("still here");
    }
    await()
        .untilAsserted(() -> {
          assertThat(proxy.gate.state().allInFlight()).isZero();
          assertThat(proxy.metrics.get("monkey_connections").gauge().value()).isZero();
        });
    proxy.close();
    assertThat(WATCHED.errors()).isEmpty();
  }

  private Http2RawClient client() throws IOException {
    return Http2RawClient.to(proxy.server.port());
  }

  private double closed(String reason) {
    return proxy.count("monkey_connections_closed", "reason", reason);
  }

  static Stream<Arguments> malformed() {
    String[] m = {":method", "GET"};
    String[] s = {":scheme", "http"};
    String[] p = {":path", "/"};
    String[] a = {":authority", "app"};
    return Stream.of(
            request("no method", s, p, a),
            request("no scheme", m, p, a),
            request("no path", m, s, a),
            request("an empty path", m, s, a, new String[] {":path", ""}),
            request("a path without a slash", m, s, a, new String[] {":path", "x"}),
            request("a whole URI as path", m, s, a, new String[] {":path", "http://b/"}),
            request("two paths", m, s, p, a, p),
            request("two authorities", m, s, p, a, a),
            request("an unknown pseudo-header field", m, s, p, a, new String[] {":x", "1"}),
            request("a response's pseudo-header field", m, s, p, a, new String[] {":status", "1"}),
            request("a late pseudo-header field", m, s, p, new String[] {"x", "1"}, a),
            request("a name in upper case", m, s, p, a, new String[] {"X-A", "1"}),
            request("an empty name", m, s, p, a, new String[] {"", "1"}),
            request("a name with a space", m, s, p, a, new String[] {"a b", "1"}),
            request("a name with a colon", m, s, p, a, new String[] {"a:b", "1"}),
            request("a line feed in a value", m, s, p, a, new String[] {"x", "a\nb"}),
            request("a carriage return in a value", m, s, p, a, new String[] {"x", "a\rb: c"}),
            request("NUL in a value", m, s, p, a, new String[] {"x", "a\u0000b"}),
            request("space before a value", m, s, p, a, new String[] {"x", " a"}),
            request("space after a value", m, s, p, a, new String[] {"x", "a\t"}),
            request("connection", m, s, p, a, new String[] {"connection", "close"}),
            request("keep-alive", m, s, p, a, new String[] {"keep-alive", "1"}),
            request("proxy-connection", m, s, p, a, new String[] {"proxy-connection", "close"}),
            request("upgrade", m, s, p, a, new String[] {"upgrade", "websocket"}),
            request("transfer-encoding", m, s, p, a, new String[] {"transfer-encoding", "chunked"}),
            request("te but trailers", m, s, p, a, new String[] {"te", "gzip"}),
            request("another host", m, s, p, a, new String[] {"host", "evil"}),
            request("another scheme", m, p, a, new String[] {":scheme", "ftp"}),
            request("a length without a body", m, s, p, a, new String[] {"content-length", "3"}),
            request("a length that is none", m, s, p, a, new String[] {"content-length", "+0"}),
            request("two lengths", m, s, p, a, length("0"), length("1")),
            request("a method with a space", s, p, a, new String[] {":method", "GET /evil"}),
            request("a path with a space", m, s, a, new String[] {":path", "/ HTTP/1.1"}),
            request("a path with a line end", m, s, a, new String[] {":path", "/\r\nX: y"}),
            request("a websocket over HTTP/2", s, p, a, websocket()),
            request("CONNECT with a path", p, a, new String[] {":method", "CONNECT"}))
        .map(each -> each);
  }

  private static String[] length(String value) {
    return new String[] {"content-length", value};
  }

  private static String[] websocket() {
    return new String[] {":method", "CONNECT", ":protocol", "websocket"};
  }

  private static Arguments request(String what, String[]... fields) {
    return Arguments.of(what, Stream.of(fields).flatMap(Stream::of).toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void malformed(String what, List<String> fields) throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields.toArray(String[]::new));
      Response response = client.read(1);
      if (response.reset() == null) {
        assertThat(response.status()).isEqualTo(400);
      } else {
        assertThat(response.reset()).isEqualTo(PROTOCOL_ERROR);
      }
      assertThat(client.get(3, "/fine").read(3).status()).as("the connection lives").isEqualTo(200);
    }
    assertThat(proxy.production.paths()).containsExactly("/fine");
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        Arguments.of("more than its length", 3, "four", null),
        Arguments.of("less than its length", 5, "four", null),
        Arguments.of("a pseudo-header field in trailers", 4, "four", ":path"),
        Arguments.of("a length in trailers", 4, "four", "content-length"),
        Arguments.of("framing in trailers", 4, "four", "transfer-encoding"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void aBodyThatIsNotWhatWasSaidNeverReachesAServerAsAWholeOne(
      String what, int length, String body, String trailer) throws Exception {
    CountDownLatch whole = new CountDownLatch(1);
    proxy.production.answers(call -> {
      call.body();
      while (call.in().read() >= 0) {
        whole.countDown();
      }
    });
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/", "content-length", String.valueOf(length)));
      client.data(1, trailer == null, body);
      if (trailer != null) {
        client.headers(1, true, trailer, "1");
      }
      assertThat(client.read(1).reset()).isEqualTo(PROTOCOL_ERROR);
    }
    assertThat(whole.getCount()).isEqualTo(1);
  }

  @Test
  void oneStreamTooManyIsRefusedUnprocessed() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    proxy.production.answers(call -> {
      rest.await(10, TimeUnit.SECONDS);
      call.ok("x");
    });
    try (Http2RawClient client = client()) {
      for (int i = 0; i < 11; i++) {
        client.get(2 * i + 1, "/");
      }
      assertThat(client.read(21).reset()).isEqualTo(REFUSED_STREAM);
      rest.countDown();
      assertThat(client.read(1).status()).isEqualTo(200);
      assertThat(client.read(19).status()).isEqualTo(200);
    }
    await().until(() -> proxy.production.heads().size() == 10);
  }

  @Test
  void aHeaderTooLargeHasItsAnswerAndTheConnectionLives() throws Exception {
    try (Http2RawClient client = client()) {
      String[] large = fields("GET", "/", "x", "a".repeat(16_300));
      byte[] block = block(large);
      client.frame(HEADERS, END_STREAM, 1, java.util.Arrays.copyOf(block, 16_000));
      client.frame(
          CONTINUATION, END_HEADERS, 1, java.util.Arrays.copyOfRange(block, 16_000, block.length));
      assertThat(client.read(1).status()).isEqualTo(431);
      assertThat(client.get(3, "/fine").read(3).status()).isEqualTo(200);
    }
    assertThat(proxy.count("monkey_refusals", "reason", "header_too_large")).isEqualTo(1);
  }

  @Test
  void tooManyHeadersAndAPathTooLongHaveTheirAnswers() throws Exception {
    String[] many = new String[120];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = "x" + i;
      many[i + 1] = "y";
    }
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("GET", "/", many));
      assertThat(client.read(1).status()).isEqualTo(431);
      client.headers(3, true, fields("GET", "/" + "a".repeat(9000)));
      assertThat(client.read(3).status()).isEqualTo(414);
    }
    assertThat(proxy.production.paths()).isEmpty();
  }

  @Test
  void aHeaderWithoutEndIsCutOffEarly() throws Exception {
    try (Http2RawClient client = client()) {
      client.frame(HEADERS, END_STREAM, 1, block(fields("GET", "/")));
      try {
        for (int i = 0; i < 1000; i++) {
          client.frame(CONTINUATION, 0, 1, block("x" + i, "y".repeat(1000)));
        }
      } catch (IOException e) {
        // It has been cut off by now.
      }
      assertThat(goAway(client)).isNotEqualTo(NO_ERROR);
    }
  }

  @Test
  void smallContinuationsWithoutEndAreCutOff() throws Exception {
    try (Http2RawClient client = client()) {
      client.frame(HEADERS, END_STREAM, 1, block(fields("GET", "/")));
      try {
        for (int i = 0; i < 10_000; i++) {
          client.frame(CONTINUATION, 0, 1, new byte[0]);
        }
      } catch (IOException e) {
        // It has been cut off by now.
      }
      assertThat(goAway(client)).isNotEqualTo(NO_ERROR);
    }
  }

  // A connection that is cut while the client still sends may lose the GOAWAY to a reset.
  private static int goAway(Http2RawClient client) {
    try {
      return client.goAway();
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void rapidResetsEndTheConnection() throws Exception {
    proxy.production.answers(call -> call.in().read());
    try (Http2RawClient client = client()) {
      try {
        for (int i = 0; i < 200; i++) {
          client.get(2 * i + 1, "/").reset(2 * i + 1, 8);
        }
      } catch (IOException e) {
        // It has been cut off by now.
      }
      assertThat(goAway(client)).isIn(ENHANCE_YOUR_CALM, -1);
    }
    assertThat(
            proxy
                .metrics
                .get("monkey_http2_errors")
                .tag("scope", "connection")
                .tag("error", "enhance_your_calm")
                .counter()
                .count())
        .isEqualTo(1);
  }

  static Stream<Arguments> floods() {
    byte[] nothing = new byte[0];
    return Stream.of(
        Arguments.of("ping", PING, 0, 0, new byte[8]),
        Arguments.of("settings", SETTINGS, 0, 0, nothing),
        Arguments.of("acknowledged settings", SETTINGS, 1, 0, nothing),
        Arguments.of("priority", PRIORITY, 0, 3, new byte[5]),
        Arguments.of("a type that nobody knows", 0xee, 0, 0, nothing),
        Arguments.of("windows that open by a byte", WINDOW_UPDATE, 0, 0, number(1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("floods")
  void aFloodOfFramesThatSayNothingEndsTheConnection(
      String what, int type, int flags, int stream, byte[] payload) throws Exception {
    try (Http2RawClient client = client()) {
      try {
        for (int i = 0; i < 200; i++) {
          client.frame(type, flags, stream, payload);
        }
      } catch (IOException e) {
        // It has been cut off by now.
      }
      assertThat(goAway(client)).isIn(ENHANCE_YOUR_CALM, -1);
    }
    assertThat(closed("flood")).isEqualTo(1);
  }

  @Test
  void emptyDataWithoutEndEndsTheConnection() throws Exception {
    proxy.production.answers(call -> call.in().read());
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/"));
      try {
        for (int i = 0; i < 100; i++) {
          client.frame(DATA, 0, 1, new byte[0]);
        }
      } catch (IOException e) {
        // It has been cut off by now.
      }
      assertThat(goAway(client)).isIn(ENHANCE_YOUR_CALM, -1);
    }
  }

  @Test
  void aClientMayResetItsConnectionBeforeItSaysWhatItSpeaks() throws Exception {
    Http2RawClient client = Http2RawClient.silent(proxy.server.port());
    client.bytes(new byte[] {'P'});
    await().until(() -> proxy.metrics.get("monkey_connections").gauge().value() == 1);
    client.socket().setSoLinger(true, 0);
    client.close();
    await().until(() -> proxy.metrics.get("monkey_connections").gauge().value() == 0);
  }

  @Test
  void whoeverSaysNothingIsCutOff() throws Exception {
    try (Http2RawClient silent = Http2RawClient.silent(proxy.server.port())) {
      assertThat(silent.socket().getInputStream().read()).isEqualTo(-1);
    }
    assertThat(closed("too_slow")).isEqualTo(1);
  }

  @Test
  void aHeaderThatTricklesInIsCutOff() throws Exception {
    try (Http2RawClient client = client()) {
      client.next(SETTINGS);
      client.frame(HEADERS, END_STREAM, 1, block(fields("GET", "/")));
      assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
    }
    assertThat(closed("too_slow")).isEqualTo(1);
  }

  @Test
  void aConnectionThatAsksForNothingSaysGoodBye() throws Exception {
    try (Http2RawClient client = client()) {
      assertThat(client.goAway()).isEqualTo(NO_ERROR);
    }
    assertThat(closed("idle")).isEqualTo(1);
  }

  @Test
  void aBodyThatStopsComingIsATimeout() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/")).data(1, false, "some");
      assertThat(client.read(1).status()).isEqualTo(408);
      assertThat(client.get(3, "/").read(3).status()).isEqualTo(200);
    }
  }

  @Test
  void aServerThatSaysNothingIsATimeout() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    proxy.production.answers(call -> over.await(10, TimeUnit.SECONDS));
    try (Http2RawClient client = client()) {
      assertThat(client.get(1, "/").read(1).status()).isEqualTo(504);
    }
    over.countDown();
  }

  @Test
  void aClientThatNeverOpensItsWindowIsLeftAfterAWhile() throws Exception {
    proxy.production.answers(call -> call.ok("answer"));
    try (Http2RawClient client = client()) {
      client.setting(4, 0).get(1, "/");
      assertThat(client.header(1).status()).hasToString("200");
      Frame reset = client.nextOf(1);
      assertThat(reset.type()).isEqualTo(RST_STREAM);
    }
  }

  @Test
  void aFrameLargerThanAllowedEndsTheConnection() throws Exception {
    try (Http2RawClient client = client()) {
      client.next(SETTINGS);
      client.headers(1, false, fields("POST", "/"));
      client.bytes(new byte[] {0, 0x40, 1, DATA, 0, 0, 0, 0, 1});
      assertThat(client.goAway()).isEqualTo(FRAME_SIZE_ERROR);
    }
  }

  @Test
  void aHeaderAfterTheEndOfItsStreamIsAnError() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    proxy.production.answers(call -> over.await(10, TimeUnit.SECONDS));
    try (Http2RawClient client = client()) {
      client.next(SETTINGS);
      client.get(1, "/").get(1, "/again");
      assertThat(client.read(1).reset()).isEqualTo(STREAM_CLOSED);
    }
    over.countDown();
  }

  @Test
  void aStreamThatHasEndedIsNotOpenedAgain() throws Exception {
    try (Http2RawClient client = client()) {
      assertThat(client.get(1, "/").read(1).status()).isEqualTo(200);
      client.get(1, "/again");
      assertThat(client.goAway()).isEqualTo(PROTOCOL_ERROR);
    }
    assertThat(proxy.production.paths()).containsExactly("/");
  }

  @Test
  void streamsAreOpenedInOrder() throws Exception {
    try (Http2RawClient client = client()) {
      assertThat(client.get(5, "/").read(5).status()).isEqualTo(200);
      client.get(3, "/before");
      assertThat(client.goAway()).isEqualTo(PROTOCOL_ERROR);
    }
    assertThat(proxy.production.paths()).containsExactly("/");
  }

  @Test
  void whatWasSentBeforeAResetWasReadIsPassedOver() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      call.in().readAllBytes();
    });
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/")).data(1, false, "some");
      Frame reset = client.nextOf(1);
      while (reset.type() != RST_STREAM) {
        reset = client.nextOf(1);
      }
      client.data(1, false, "more").headers(1, true, "x-sum", "1");
      proxy.production.answers(call -> call.ok("fine"));
      assertThat(client.get(3, "/").read(3).text()).isEqualTo("fine");
    }
  }
}
