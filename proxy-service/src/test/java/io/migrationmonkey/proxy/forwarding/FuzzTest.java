package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.ssl.SslBundle;

/**
 * Requests and responses with a few things wrong, cut, slowed and reset at random: HTTP/1.1, frames
 * of HTTP/2 and the beginnings of TLS from clients, HTTP/1.1 from servers. {@code -Dfuzz.seed}
 * repeats a run's choices.
 */
class FuzzTest {

  private static final List<String> REQUESTS =
      List.of(
          "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
          "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
          "POST /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
          "HEAD /h HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1\r\n\r\n",
          "PUT /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
          "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  private static final List<String> RESPONSES =
      List.of(
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\u0081\u0002hi",
          "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
          "HTTP/1.0 200 OK\r\n\r\nuntil the end",
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");

  private static final List<String> FIELDS =
      List.of("te", "trailers", "x", "y", "cookie", "a=b", "expect", "100-continue", "host", "app");

  @Test
  void someSecondsOfNonsenseLeaveNothingBehind() throws Exception {
    fuzz(Duration.ofSeconds(12), Long.getLong("fuzz.seed", 1));
  }

  @Test
  @Tag("long")
  @Timeout(value = 12, unit = TimeUnit.MINUTES)
  void tenMinutesOfNonsenseLeaveNothingBehind() throws Exception {
    fuzz(Duration.ofMinutes(10), Long.getLong("fuzz.seed", System.nanoTime()));
  }

  private static byte[] spoilt(String text, Random random) {
    return spoilt(text.getBytes(StandardCharsets.ISO_8859_1), random);
  }

  private static byte[] spoilt(byte[] bytes, Random random) {
    int changes = random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "\r\n :,;0\u0000".charAt(random.nextInt(8));
        default -> {
          byte[] shorter = new byte[Math.max(1, bytes.length - 1)];
          System.arraycopy(bytes, 0, shorter, 0, Math.min(at, shorter.length));
          if (at < shorter.length) {
            System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
          }
          bytes = shorter;
        }
      }
    }
    return bytes;
  }

  /** As far as a ClientHello can be told from other things. */
  private static final byte[] CLIENT_HELLO =
      HexFormat.of()
          .parseHex(
              "160301004b010000470303"
                  + "00".repeat(32)
                  + "00000213010100001c000a00040002001d000d000400020403002b0003020304002d00020101");

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  /** A preface and some frames; some of them in places or with contents that they must not have. */
  private static byte[] frames(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(Http2RawClient.encoded(Http2RawClient.SETTINGS, 0, 0, new byte[0]));
    int newest = -1;
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      boolean last = random.nextBoolean();
      int stream = Math.max(1, newest - 2 * random.nextInt(2));
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      byte[] frame =
          switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> {
              newest += random.nextInt(8) == 0 ? 1 : 2;
              yield header(newest, last, random);
            }
            case 4, 5 -> Http2RawClient.encoded(Http2RawClient.DATA, last ? 1 : 0, stream, noise);
            case 6 ->
                Http2RawClient.encoded(
                    Http2RawClient.RST_STREAM, 0, stream, Http2RawClient.number(8));
            case 7 ->
                Http2RawClient.encoded(
                    Http2RawClient.WINDOW_UPDATE,
                    0,
                    last ? 0 : stream,
                    Http2RawClient.number(random.nextInt()));
            case 8 -> header(stream, last, random);
            default ->
                Http2RawClient.encoded(
                    random.nextInt(12), random.nextInt(64), last ? 0 : stream, noise);
          };
      out.writeBytes(random.nextInt(4) == 0 ? spoilt(frame, random) : frame);
    }
    return out.toByteArray();
  }

  private static byte[] header(int stream, boolean last, Random random) {
    int field = 2 * random.nextInt(FIELDS.size() / 2);
    byte[] block =
        Http2RawClient.block(
            Http2RawClient.fields(
                any(List.of("GET", "POST", "HEAD", "OPTIONS", "CONNECT"), random),
                any(List.of("/", "*", "/a?b"), random),
                FIELDS.get(field),
                FIELDS.get(field + 1)));
    return Http2RawClient.encoded(
        Http2RawClient.HEADERS,
        (random.nextInt(8) == 0 ? 0 : Http2RawClient.END_HEADERS) | (last ? 1 : 0),
        stream,
        block);
  }

  private void fuzz(Duration time, long seed) throws Exception {
    System.out.println("Seed " + seed);
    AtomicInteger requests = new AtomicInteger();
    SslBundle certificate = TestCertificate.named("fuzz").bundle();
    try (Watched watched = new Watched();
        ProxyUnderTest proxy =
            ProxyUnderTest.with(limits -> {
              limits.header = Duration.ofMillis(500);
              limits.idle = Duration.ofSeconds(1);
              limits.response = Duration.ofMillis(500);
              limits.retry = Duration.ofMillis(200);
              limits.bundle = "web";
              limits.bundles.registerBundle("web", certificate);
              return limits;
            })) {
      Random servers = new Random(seed);
      proxy.production.answers(call -> {
        Random random;
        synchronized (servers) {
          random = new Random(servers.nextLong());
        }
        byte[] answer = spoilt(any(RESPONSES, random), random);
        int cut = random.nextInt(3) == 0 ? random.nextInt(answer.length) : answer.length;
        call.out().write(answer, 0, cut);
        call.out().flush();
        if (random.nextInt(3) == 0) {
          call.socket().setSoLinger(random.nextBoolean(), 0);
          call.socket().close();
        }
      });
      Instant end = Instant.now().plus(time);
      List<Thread> clients =
          IntStream.range(0, 8)
              .mapToObj(i ->
                  Thread.ofVirtual()
                      .start(() -> {
                        Random random = new Random(seed + i);
                        while (Instant.now().isBefore(end)) {
                          visit(proxy, random);
                          requests.incrementAndGet();
                        }
                      }))
              .toList();
      Random flips = new Random(seed);
      while (Instant.now().isBefore(end)) {
        Thread.sleep(20);
        if (flips.nextInt(20) == 0) {
          proxy.hold("m-1", Duration.ofMillis(50));
        }
      }
      for (Thread client : clients) {
        client.join();
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> {
            assertThat(proxy.gate.state().allInFlight()).isZero();
            assertThat(proxy.gate.state().waiting()).isZero();
            assertThat(proxy.metrics.get("monkey_connections").gauge().value()).isZero();
          });
      assertThat(watched.leaks()).isEmpty();
      assertThat(watched.errors()).isEmpty();
    }
    System.out.println(requests + " connections of nonsense");
  }

  private static void visit(ProxyUnderTest proxy, Random random) {
    int kind = random.nextInt(10);
    int port = kind == 0 ? proxy.server.tlsPort() : proxy.server.port();
    try (RawClient client = new RawClient(port)) {
      client.socket().setSoTimeout(20 + random.nextInt(200));
      int rounds = kind < 5 ? 1 : 1 + random.nextInt(3);
      for (int i = 0; i < rounds; i++) {
        byte[] request =
            kind == 0
                ? spoilt(CLIENT_HELLO.clone(), random)
                : kind < 5 ? frames(random) : spoilt(any(REQUESTS, random), random);
        int cut = random.nextInt(4) == 0 ? random.nextInt(request.length) : request.length;
        client.socket().getOutputStream().write(request, 0, cut);
      }
      if (random.nextInt(6) == 0) {
        client.socket().shutdownOutput();
      }
      byte[] sink = new byte[4096];
      for (int i = 0; i < 3 && client.in().read(sink) >= 0; i++) {}
      if (random.nextInt(3) == 0) {
        client.socket().setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // What the client sees is not the matter here.
    }
  }
}
