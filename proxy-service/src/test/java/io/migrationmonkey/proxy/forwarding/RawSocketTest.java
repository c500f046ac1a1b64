package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients and servers that do on their sockets what they should not. Afterwards nothing is left.
 */
class RawSocketTest {

  private static final Watched WATCHED = new Watched();

  @AfterAll
  static void nothingLeaked() throws Exception {
    assertThat(WATCHED.leaks()).isEmpty();
    WATCHED.close();
  }

  private final ProxyUnderTest proxy =
      ProxyUnderTest.with(limits -> {
        limits.header = Duration.ofMillis(600);
        limits.idle = Duration.ofSeconds(2);
        limits.response = Duration.ofSeconds(1);
        limits.retry = Duration.ofMillis(500);
        limits.cleartext = false;
        return limits;
      });

  @AfterEach
  void nothingIsLeft() throws Exception {
    try (RawClient client = proxy.client()) {
      proxy.production.answers(call -> call.ok("still here"));
      assertThat(client.get("/").read().text()).isEqualTo("still here");
    }
    await()
        .untilAsserted(() -> {
          assertThat(proxy.gate.state().allInFlight()).isZero();
          assertThat(proxy.gate.state().waiting()).isZero();
          assertThat(proxy.metrics.get("monkey_connections").gauge().value()).isZero();
        });
    proxy.close();
    assertThat(WATCHED.errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 0x3\r\n\r\nabc",
        "Content-Length: 3 3\r\n\r\nabc",
        "Content-Length: 3, 3\r\n\r\nabc",
        "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "Content-Length: 99999999999999999999\r\n\r\nabc",
        "Content-Length: 3.0\r\n\r\nabc",
        "Content-Length: \r\n\r\n",
        "Content\u0000-Length: 3\r\n\r\nabc",
        "X: a\rb\r\nContent-Length: 0\r\n\r\n",
        "X: a\n\r\n",
        ": no-name\r\n\r\n",
        "no colon\r\n\r\n",
        "X\u00e4: 1\r\n\r\n"
      })
  void aFramingThatCanBeReadInTwoWaysSmugglesNothing(String headers) throws Exception {
    try (RawClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.closed()).isTrue();
    }
    assertThat(proxy.production.paths()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1\r\nx",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "3\r\nabcX0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\nabc",
        " \r\nabc\r\n0\r\n\r\n",
        "\r\nabc\r\n0\r\n\r\n",
        "g\r\nabc\r\n",
        "3;ext=\n\r\nabc\r\n0\r\n\r\n"
      })
  void aBadChunkNeverReachesAServerAsAWholeBody(String chunks) throws Exception {
    CountDownLatch whole = new CountDownLatch(1);
    proxy.production.answers(call -> {
      call.body();
      whole.countDown();
      call.ok("whole");
    });
    try (RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.closed()).isTrue();
    }
    assertThat(whole.getCount()).as("1 while no server saw a whole request").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0000\u0000\u0000\u0000\r\n\r\n",
        "\r\n\r\n\r\nnonsense here\r\n\r\n",
        "GET / HTTP/1.1 trailing\r\nHost: a\r\n\r\n",
        "GET  /  HTTP/1.1  x\r\nHost: a\r\n\r\n",
        "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
        "G\u00e4T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "GET / HTTQ/1.1\r\nHost: a\r\n\r\n"
      })
  void whatIsNotHttpIsRefusedAndTheConnectionCloses(String garbage) throws Exception {
    try (RawClient client = proxy.client().send(garbage)) {
      assertThat(client.read().status()).isIn(400, 505);
      assertThat(client.closed()).isTrue();
    }
    assertThat(proxy.production.paths()).isEmpty();
  }

  @Test
  void bytesWithoutALineEndAreCutOff() throws Exception {
    byte[] noise = new byte[20_000];
    new Random(1).nextBytes(noise);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) ((noise[i] & 0x3f) | 0x40);
    }
    try (RawClient client = proxy.client()) {
      client.socket().getOutputStream().write(noise);
      assertThat(client.read().status()).isEqualTo(414);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void giantHeadersAreRefusedWhicheverWayTheyAreGiant() throws Exception {
    for (String giant :
        new String[] {
          "X: " + "a".repeat(40_000),
          "a".repeat(40_000) + ": x",
          "X-Long: y\r\n".repeat(3000) + "Z: z",
        }) {
      try (RawClient client = proxy.client()) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n" + giant + "\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(431);
        assertThat(client.closed()).isTrue();
      }
    }
    assertThat(proxy.production.paths()).isEmpty();
  }

  @Test
  void aGiantResponseHeaderIsABadGateway() throws Exception {
    proxy.production.answers(
        call -> call.write("HTTP/1.1 200 OK\r\nX: " + "a".repeat(40_000) + "\r\n\r\n"));
    try (RawClient client = proxy.client().get("/")) {
      assertThat(client.read().status()).isEqualTo(502);
    }
  }

  @Test
  void aClientMaySendByteByByteAsLongAsItsHeaderComesInTime() throws Exception {
    try (RawClient client = proxy.client()) {
      for (char c : "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void aServerMayAnswerByteByByte() throws Exception {
    proxy.production.answers(call -> {
      for (char c :
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
              .toCharArray()) {
        call.write(String.valueOf(c));
      }
    });
    try (RawClient client = proxy.client().get("/")) {
      assertThat(client.read().text()).isEqualTo("abc");
    }
  }

  @Test
  void aServerThatStopsInTheMiddleOfItsAnswerBreaksTheClientsOff() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
      over.await(10, TimeUnit.SECONDS);
    });
    try (RawClient client = proxy.client().get("/")) {
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
    over.countDown();
  }

  @Test
  void aClientThatDoesNotReadIsLeftAfterAWhile() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
      byte[] part = new byte[100_000];
      for (int i = 0; i < 1000; i++) {
        call.out().write(part);
      }
    });
    try (RawClient client = proxy.client().get("/")) {
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> assertThat(proxy.count("monkey_requests", "outcome", "broken")).isEqualTo(1));
    }
  }

  enum ClientPhase {
    CONNECTED,
    IN_HEADER,
    AT_GATE,
    IN_BODY,
    IN_CHUNKS,
    WAITING_FOR_ANSWER,
    IN_ANSWER,
    BETWEEN_REQUESTS
  }

  @ParameterizedTest
  @EnumSource
  void aClientMayResetItsConnectionInEveryPhase(ClientPhase phase) throws Exception {
    proxy.production.answers(call -> {
      if (phase == ClientPhase.IN_ANSWER) {
        call.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
        call.in().read();
      } else if (phase != ClientPhase.WAITING_FOR_ANSWER) {
        call.ok("x");
      } else {
        call.in().read();
      }
    });
    if (phase == ClientPhase.AT_GATE) {
      proxy.hold("m-1");
    }
    RawClient client = proxy.client();
    switch (phase) {
      case CONNECTED -> {}
      case IN_HEADER -> client.send("GET / HTTP/1.1\r\nHo");
      case AT_GATE -> {
        client.get("/");
        await().until(() -> proxy.gate.state().waiting() == 1);
      }
      case IN_BODY -> {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome");
        await().until(() -> proxy.production.heads().size() == 1);
      }
      case IN_CHUNKS -> {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nso");
        await().until(() -> proxy.production.heads().size() == 1);
      }
      case WAITING_FOR_ANSWER -> {
        client.get("/");
        await().until(() -> proxy.production.heads().size() == 1);
      }
      case IN_ANSWER -> {
        client.get("/");
        TestServer.readHead(client.in());
      }
      case BETWEEN_REQUESTS -> client.get("/").read();
    }
    client.socket().setSoLinger(true, 0);
    client.close();
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
    await().until(() -> proxy.gate.state().waiting() == 0);
    proxy.flipTo(proxy.gate.active());
  }

  enum ServerPhase {
    ACCEPTED,
    HEADER_READ,
    IN_ITS_HEADER,
    HEADER_SENT,
    IN_ITS_BODY,
    IN_ITS_CHUNKS,
    AFTER_ITS_ANSWER
  }

  @ParameterizedTest
  @EnumSource
  void aServerMayResetItsConnectionInEveryPhase(ServerPhase phase) throws Exception {
    String answer =
        switch (phase) {
          case ACCEPTED, HEADER_READ -> "";
          case IN_ITS_HEADER -> "HTTP/1.1 200 OK\r\nConte";
          case HEADER_SENT -> "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
          case IN_ITS_BODY -> "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome";
          case IN_ITS_CHUNKS -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nso";
          case AFTER_ITS_ANSWER -> "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsome";
        };
    proxy.production.answers(call -> {
      if (phase != ServerPhase.ACCEPTED) {
        call.body();
      }
      call.write(answer);
      // What was sent is to arrive before the reset does.
      await().pollDelay(Duration.ofMillis(50)).until(() -> true);
      call.socket().setSoLinger(true, 0);
      call.socket().close();
    });
    try (RawClient client = proxy.client().post("/", "body")) {
      switch (phase) {
        case ACCEPTED, HEADER_READ, IN_ITS_HEADER ->
            assertThat(client.read().status()).isEqualTo(502);
        case HEADER_SENT, IN_ITS_BODY, IN_ITS_CHUNKS ->
            assertThatThrownBy(client::read).isInstanceOf(IOException.class);
        case AFTER_ITS_ANSWER -> assertThat(client.read().text()).isEqualTo("some");
      }
    }
    assertThat(proxy.production.paths()).as("a POST is sent once").hasSize(1);
  }

  @Test
  void aClientThatSendsOnAfterItWasRefusedStillReadsWhy() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      for (int i = 0; i < 50; i++) {
        try {
          client.send("x".repeat(1000));
        } catch (SocketException e) {
          break;
        }
      }
      Response response = client.read();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.text()).contains("exactly one Host");
    }
  }

  @Test
  void manyConnectionsThatSayNothingDoNoHarm() throws Exception {
    Socket[] silent = new Socket[200];
    for (int i = 0; i < silent.length; i++) {
      silent[i] = new Socket("127.0.0.1", proxy.server.port());
    }
    try (RawClient client = proxy.client()) {
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
    for (Socket socket : silent) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      socket.close();
    }
  }

  @Test
  void headersWithBytesBeyondAsciiPassUnchanged() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Name: gr\u00fc\u00df\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(proxy.production.heads().getLast())
        .contains(
            new String(
                "gr\u00fc\u00df".getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.ISO_8859_1));
  }
}
