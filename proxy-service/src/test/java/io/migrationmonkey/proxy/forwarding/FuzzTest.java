package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests and responses with a few things wrong, cut, slowed and reset at random. */
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

  @Test
  void someSecondsOfNonsenseLeaveNothingBehind() throws Exception {
    fuzz(Duration.ofSeconds(6));
  }

  @Test
  @Tag("long")
  void tenMinutesOfNonsenseLeaveNothingBehind() throws Exception {
    fuzz(Duration.ofMinutes(10));
  }

  private static byte[] spoilt(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
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

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  private void fuzz(Duration time) throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed " + seed);
    AtomicInteger requests = new AtomicInteger();
    try (Watched watched = new Watched();
        ProxyUnderTest proxy =
            ProxyUnderTest.with(limits -> {
              limits.header = Duration.ofMillis(500);
              limits.idle = Duration.ofSeconds(1);
              limits.response = Duration.ofMillis(500);
              limits.retry = Duration.ofMillis(200);
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
    try (RawClient client = proxy.client()) {
      client.socket().setSoTimeout(20 + random.nextInt(200));
      int rounds = 1 + random.nextInt(3);
      for (int i = 0; i < rounds; i++) {
        byte[] request = spoilt(any(REQUESTS, random), random);
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
