package io.migrationmonkey.proxy.forwarding;

import static io.migrationmonkey.proxy.forwarding.Http2RawClient.DATA;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.END_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.GOAWAY;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.HEADERS;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.INTERNAL_ERROR;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.NO_ERROR;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.RST_STREAM;
import static io.migrationmonkey.proxy.forwarding.Http2RawClient.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.Http2RawClient.Frame;
import io.migrationmonkey.proxy.forwarding.Http2RawClient.Response;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 in front, HTTP/1.1 to the servers: what passes, and what a gate and a drain do to it. */
class Http2Test {

  private static final Watched WATCHED = new Watched();

  @AfterAll
  static void nothingLeaked() throws Exception {
    assertThat(WATCHED.leaks()).isEmpty();
    WATCHED.close();
  }

  private ProxyUnderTest proxy = ProxyUnderTest.started();

  @AfterEach
  void nothingIsLeft() {
    await()
        .untilAsserted(() -> {
          assertThat(proxy.gate.state().allInFlight()).isZero();
          assertThat(proxy.gate.state().waiting()).isZero();
        });
    proxy.close();
    assertThat(WATCHED.errors()).isEmpty();
  }

  private void restart(UnaryOperator<ProxyUnderTest.Limits> change) {
    proxy.close();
    proxy = ProxyUnderTest.with(change);
  }

  private Http2RawClient client() throws IOException {
    return Http2RawClient.to(proxy.server.port());
  }

  private String sent() {
    return proxy.production.heads().getLast().toLowerCase();
  }

  @Test
  void aRequestReachesTheServerAsOneOfHttp11() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(
          1, true, fields("GET", "/a?b=c", "cookie", "x=1", "x-a", "b", "cookie", "y=2"));
      Response response = client.read(1);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("production");
      assertThat(response.header("via")).isEqualTo("1.1 migration-monkey");
      assertThat(response.header("date")).isNotNull();
    }
    assertThat(sent())
        .startsWith("get /a?b=c http/1.1\r\n")
        .contains("host: app\r\n", "x-a: b\r\n", "via: 2.0 migration-monkey\r\n")
        .contains("cookie: x=1; y=2\r\n", "x-forwarded-proto: http\r\n")
        .doesNotContain("content-length", "transfer-encoding", "\r\n:");
  }

  @Test
  void aPostWithoutABodySaysSo() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("POST", "/"));
      assertThat(client.read(1).status()).isEqualTo(200);
    }
    assertThat(sent()).contains("content-length: 0\r\n");
  }

  @Test
  void theAuthorityIsTheHostThatTheServerSees() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("GET", "/", "host", "APP"));
      assertThat(client.read(1).status()).isEqualTo(200);
      assertThat(sent()).contains("host: app\r\n").containsOnlyOnce("\r\nhost: ");
      client.headers(3, true, ":method", "GET", ":scheme", "http", ":path", "/", "host", "h");
      assertThat(client.read(3).status()).isEqualTo(200);
      assertThat(sent()).contains("\r\nhost: h\r\n");
    }
  }

  @Test
  void bodiesPassBothWaysWithALengthAndWithout() throws Exception {
    proxy.production.answers(call -> call.ok(new String(call.body())));
    try (Http2RawClient client = client()) {
      client
          .headers(1, false, fields("POST", "/", "content-length", "5"))
          .data(1, false, "he")
          .data(1, true, "llo");
      assertThat(client.read(1).text()).isEqualTo("hello");
      assertThat(sent()).contains("content-length: 5\r\n");
      client
          .headers(3, false, fields("PUT", "/"))
          .data(3, false, "w")
          .data(3, false, "")
          .data(3, false, "orld")
          .data(3, true, "");
      Response response = client.read(3);
      assertThat(response.text()).isEqualTo("world");
      assertThat(response.header("content-length")).isEqualTo("5");
      assertThat(sent()).contains("transfer-encoding: chunked\r\n");
    }
  }

  @Test
  void trailersPassBothWays() throws Exception {
    CountDownLatch trailer = new CountDownLatch(1);
    proxy.production.answers(call -> {
      StringBuilder rest = new StringBuilder();
      while (rest.indexOf("\r\n\r\n") < 0) {
        rest.append((char) call.in().read());
      }
      if (rest.toString().toLowerCase().contains("0\r\nx-sum: 1\r\n")) {
        trailer.countDown();
      }
      call.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-End: 2\r\n\r\n");
    });
    try (Http2RawClient client = client()) {
      client
          .headers(1, false, fields("POST", "/", "te", "trailers"))
          .data(1, false, "abc")
          .headers(1, true, "x-sum", "1");
      Response response = client.read(1);
      assertThat(response.text()).isEqualTo("ok");
      assertThat(response.trailers().get("x-end")).hasToString("2");
      assertThat(response.header("transfer-encoding")).isNull();
    }
    assertThat(trailer.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(sent()).contains("te: trailers\r\n");
  }

  @Test
  void aResponseWithoutABodyEndsWithItsHeader() throws Exception {
    proxy.production.answers(call -> {
      switch (call.path()) {
        case "/204" -> call.write("HTTP/1.1 204 No Content\r\n\r\n");
        case "/304" -> call.write("HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n");
        default -> call.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
      }
    });
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("HEAD", "/"));
      Frame frame = client.nextOf(1);
      assertThat(frame.type()).isEqualTo(HEADERS);
      assertThat(frame.has(END_STREAM)).isTrue();
      assertThat(frame.fields().get("content-length")).hasToString("7");
      assertThat(client.get(3, "/204").read(3).status()).isEqualTo(204);
      assertThat(client.get(5, "/304").read(5).status()).isEqualTo(304);
    }
  }

  @Test
  void whatAProxySaysItselfHasNoBodyForHeadEither() throws Exception {
    proxy.production.stop();
    restart(limits -> {
      limits.retry = Duration.ofMillis(50);
      return limits;
    });
    proxy.production.stop();
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("HEAD", "/"));
      Response response = client.read(1);
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.body()).isEmpty();
      Response get = client.get(3, "/").read(3);
      assertThat(get.status()).isEqualTo(502);
      assertThat(get.text()).contains("\"status\":502");
    }
    proxy.production.startAgain();
  }

  @Test
  void interimResponsesDoNotEndTheExchange() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
      call.ok("done");
    });
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/", "expect", "100-continue"));
      assertThat(client.header(1).status()).hasToString("103");
      assertThat(client.header(1).status()).hasToString("100");
      client.data(1, true, "body");
      assertThat(client.read(1).text()).isEqualTo("done");
    }
  }

  @Test
  void aHundredStreamsGoOnAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(100);
    proxy.production.answers(call -> {
      all.countDown();
      all.await(20, TimeUnit.SECONDS);
      call.ok(call.path());
    });
    try (Http2RawClient client = client()) {
      for (int i = 0; i < 100; i++) {
        client.get(2 * i + 1, "/" + i);
      }
      for (int i = 99; i >= 0; i--) {
        assertThat(client.read(2 * i + 1).text()).isEqualTo("/" + i);
      }
    }
  }

  @Test
  void anAnswerBeforeTheEndOfTheRequestIsWholeAndTheRestIsNotAskedFor() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      call.in().readAllBytes();
    });
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/")).data(1, false, "some");
      Response response = client.read(1);
      assertThat(response.status()).isEqualTo(403);
      assertThat(response.text()).isEqualTo("no");
      Frame reset = client.nextOf(1);
      while (reset.type() != RST_STREAM) {
        reset = client.nextOf(1);
      }
      assertThat(reset.number(0)).isEqualTo(NO_ERROR);
      proxy.production.answers(call -> call.ok("next"));
      assertThat(client.get(3, "/").read(3).text()).isEqualTo("next");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX0\r\n\r\n"
      })
  void aResponseThatBreaksOffIsResetAndTheConnectionLives(String truncated) throws Exception {
    proxy.production.answers(call -> {
      call.write(truncated);
      call.socket().close();
    });
    try (Http2RawClient client = client()) {
      assertThat(client.get(1, "/").read(1).reset()).isEqualTo(INTERNAL_ERROR);
      proxy.production.answers(call -> call.ok("next"));
      assertThat(client.get(3, "/").read(3).text()).isEqualTo("next");
    }
    assertThat(proxy.count("monkey_requests", "outcome", "broken")).isEqualTo(1);
  }

  @Test
  void aClientThatTakesItsRequestBackEndsItAtTheServer() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    proxy.production.answers(call -> {
      try {
        call.in().readAllBytes();
      } finally {
        gone.countDown();
      }
    });
    try (Http2RawClient client = client()) {
      client.headers(1, false, fields("POST", "/")).data(1, false, "some");
      await().until(() -> proxy.gate.state().allInFlight() == 1);
      await().until(() -> proxy.production.heads().size() == 1);
      client.reset(1, 8);
      assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
      await().until(() -> proxy.gate.state().allInFlight() == 0);
      proxy.production.answers(call -> call.ok("next"));
      assertThat(client.get(3, "/").read(3).text()).isEqualTo("next");
    }
    assertThat(proxy.count("monkey_requests", "outcome", "abandoned")).isEqualTo(1);
  }

  @Test
  void streamsWaitAtTheGateAndFollowTheFlip() throws Exception {
    proxy.backup.answers(call -> call.ok("backup " + new String(call.body())));
    try (Http2RawClient client = client()) {
      proxy.hold("m-1");
      client.get(1, "/a").headers(3, false, fields("POST", "/b")).data(3, true, "body");
      await().until(() -> proxy.gate.state().waiting() == 2);
      proxy.flipTo(ServerName.BACKUP);
      assertThat(client.read(1).text()).isEqualTo("backup ");
      assertThat(client.read(3).text()).isEqualTo("backup body");
    }
    assertThat(proxy.production.heads()).isEmpty();
    assertThat(proxy.backup.paths()).containsExactlyInAnyOrder("/a", "/b");
  }

  @Test
  void whatWaitsIsRefusedByItsOwnDeadlineAndTheConnectionLives() throws Exception {
    proxy.close();
    proxy = ProxyUnderTest.with(limits -> limits, ProxyUnderTest.gate(1, Duration.ofMillis(200)));
    proxy.hold("m-1");
    try (Http2RawClient client = client()) {
      client.get(1, "/a");
      await().until(() -> proxy.gate.state().waiting() == 1);
      Response tooMany = client.get(3, "/b").read(3);
      assertThat(tooMany.status()).isEqualTo(503);
      assertThat(tooMany.header("retry-after")).isEqualTo("1");
      assertThat(client.read(1).status()).isEqualTo(503);
      proxy.flipTo(ServerName.PRODUCTION);
      assertThat(client.get(5, "/").read(5).status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyIsNotReadBeyondItsWindowWhileItsRequestWaits() throws Exception {
    proxy.production.answers(call -> call.ok(String.valueOf(call.body().length)));
    try (Http2RawClient client = client()) {
      client.next(Http2RawClient.SETTINGS);
      proxy.hold("m-1");
      client.headers(1, false, fields("POST", "/"));
      String part = "x".repeat(16_384);
      for (int i = 0; i < 4; i++) {
        client.data(1, false, part);
      }
      await().until(() -> proxy.gate.state().waiting() == 1);
      client.socket().setSoTimeout(300);
      assertThat(windowOf(client, 1)).isZero();
      proxy.flipTo(ServerName.PRODUCTION);
      client.socket().setSoTimeout(10_000);
      Frame update;
      do {
        update = client.nextOf(1);
      } while (update.type() != Http2RawClient.WINDOW_UPDATE);
      client.data(1, true, "");
      assertThat(client.read(1).text()).isEqualTo("65536");
    }
  }

  /** How far the stream's window was opened until nothing more came. */
  private static int windowOf(Http2RawClient client, int stream) throws IOException {
    int opened = 0;
    try {
      while (true) {
        Frame frame = client.nextOf(stream);
        opened += frame.type() == Http2RawClient.WINDOW_UPDATE ? frame.number(0) : 0;
      }
    } catch (SocketTimeoutException e) {
      return opened;
    }
  }

  @Test
  void aServerIsNotReadFasterThanItsClientReads() throws Exception {
    AtomicLong written = new AtomicLong();
    int size = 50_000_000;
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(size));
      byte[] part = new byte[100_000];
      for (int i = 0; i < size / part.length; i++) {
        call.out().write(part);
        written.addAndGet(part.length);
      }
    });
    try (Http2RawClient client = client()) {
      client.get(1, "/");
      AtomicLong before = new AtomicLong(-1);
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(() -> before.getAndSet(written.get()) == written.get() && written.get() > 0);
      assertThat(written.get()).isLessThan(size / 2);
      // Another stream is not kept from its answer once the connection's window is open again.
      client.windowUpdate(0, 1_000_000);
      proxy.production.answers(call -> call.ok("small"));
      assertThat(client.get(3, "/").read(3).text()).isEqualTo("small");
      client.windowUpdate(1, size);
      assertThat(client.read(1).body()).hasSize(size);
    }
  }

  @Test
  void anEventStreamEndsWholeAtTheDrainDeadline() throws Exception {
    proxy.production.answers(call -> {
      call.write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
      call.in().read();
    });
    try (Http2RawClient client = client()) {
      client.get(1, "/events");
      assertThat(client.header(1).status()).hasToString("200");
      assertThat(client.nextOf(1).type()).isEqualTo(DATA);
      proxy.flipTo(ServerName.BACKUP);
      Frame end = client.nextOf(1);
      assertThat(end.type()).isEqualTo(DATA);
      assertThat(end.has(END_STREAM)).isTrue();
      assertThat(client.get(3, "/").read(3).text()).isEqualTo("backup");
    }
  }

  @Test
  void stoppingSaysGoodByeTwiceAndAnswersWhatWasAsked() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    proxy.production.answers(call -> {
      if (call.path().equals("/slow")) {
        answer.await(10, TimeUnit.SECONDS);
      }
      call.ok(call.path());
    });
    try (Http2RawClient client = client()) {
      client.get(1, "/slow");
      await().until(() -> proxy.production.heads().size() == 1);
      Thread stop = Thread.ofVirtual().start(proxy.server::stop);
      Frame first = client.next(GOAWAY);
      assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
      assertThat(first.number(4)).isEqualTo(NO_ERROR);
      // It may have been on its way when the GOAWAY came.
      assertThat(client.get(3, "/late").read(3).text()).isEqualTo("/late");
      Frame second = client.next(GOAWAY);
      assertThat(second.number(0)).isEqualTo(3);
      answer.countDown();
      assertThat(client.read(1).text()).isEqualTo("/slow");
      assertThat(client.next()).isNull();
      stop.join();
    }
  }

  @Test
  void connectIsRefused() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, ":method", "CONNECT", ":authority", "other:443");
      assertThat(client.read(1).status()).isEqualTo(405);
    }
    assertThat(proxy.production.heads()).isEmpty();
  }

  @Test
  void maxForwardsCountsHereToo() throws Exception {
    try (Http2RawClient client = client()) {
      client.headers(1, true, fields("OPTIONS", "*", "max-forwards", "0"));
      assertThat(client.read(1).status()).isEqualTo(200);
      client.headers(3, true, fields("OPTIONS", "*", "max-forwards", "2"));
      assertThat(client.read(3).status()).isEqualTo(200);
    }
    assertThat(sent()).startsWith("options * http/1.1\r\n").contains("max-forwards: 1\r\n");
  }

  @Test
  void onOnePortBothVersionsAreUnderstood() throws Exception {
    try (RawClient old = proxy.client()) {
      for (char c : "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".toCharArray()) {
        old.send(String.valueOf(c));
      }
      assertThat(old.read().status()).isEqualTo(200);
    }
    try (Http2RawClient client = client()) {
      assertThat(client.get(1, "/").read(1).status()).isEqualTo(200);
    }
    assertThat(proxy.count("monkey_connections_opened", "protocol", "http1")).isEqualTo(1);
    assertThat(proxy.count("monkey_connections_opened", "protocol", "http2")).isEqualTo(1);
  }
}
