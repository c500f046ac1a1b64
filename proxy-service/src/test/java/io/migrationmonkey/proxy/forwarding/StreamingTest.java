package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large bodies pass in constant memory, and nobody is read faster than the other side takes it. */
class StreamingTest {

  private static final int MEGABYTE = 1 << 20;
  private static final int SIZE = 100 * MEGABYTE;

  private final ProxyUnderTest proxy = ProxyUnderTest.started();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private static long buffers() {
    var metric = PooledByteBufAllocator.DEFAULT.metric();
    var adaptive =
        ((io.netty.buffer.ByteBufAllocatorMetricProvider) io.netty.buffer.ByteBufAllocator.DEFAULT)
            .metric();
    return metric.usedDirectMemory()
        + metric.usedHeapMemory()
        + adaptive.usedDirectMemory()
        + adaptive.usedHeapMemory();
  }

  private static void write(OutputStream out, int size, AtomicLong written) throws Exception {
    byte[] block = new byte[MEGABYTE / 4];
    for (int i = 0; i < size / block.length; i++) {
      out.write(block);
      written.addAndGet(block.length);
    }
    out.flush();
  }

  private static long read(InputStream in, long size) throws Exception {
    byte[] block = new byte[MEGABYTE / 4];
    long count = 0;
    while (count < size) {
      int n = in.read(block, 0, (int) Math.min(block.length, size - count));
      if (n < 0) {
        break;
      }
      count += n;
    }
    return count;
  }

  @Test
  void aHundredMegabytesComeDownInConstantMemory() throws Exception {
    AtomicLong written = new AtomicLong();
    AtomicLong most = new AtomicLong();
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(SIZE));
      write(call.out(), SIZE, written);
    });
    long before = buffers();
    try (RawClient client = proxy.client().get("/")) {
      TestServer.readHead(client.in());
      for (int i = 0; i < 100; i++) {
        assertThat(read(client.in(), MEGABYTE)).isEqualTo(MEGABYTE);
        most.accumulateAndGet(buffers() - before, Math::max);
      }
    }
    assertThat(most.get()).as("bytes of buffers").isLessThan(24L * MEGABYTE);
  }

  @Test
  void aClientMayPauseBeforeItReadsTheEndOfItsLastAnswer() throws Exception {
    int size = 12 * MEGABYTE;
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(size));
      write(call.out(), size, new AtomicLong());
    });
    try (RawClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      TestServer.readHead(client.in());
      long got = 0;
      // As little as lets the proxy take the end of it from the server.
      while (proxy.count("monkey_requests", "outcome", "answered") == 0) {
        got += read(client.in(), Math.min(16_384, size - got));
      }
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
      assertThat(got + read(client.in(), size - got)).isEqualTo(size);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void aHundredMegabytesGoUpInConstantMemory() throws Exception {
    AtomicLong most = new AtomicLong();
    long before = buffers();
    proxy.production.answers(call -> {
      long count = 0;
      for (int i = 0; i < 100; i++) {
        count += read(call.in(), MEGABYTE);
        most.accumulateAndGet(buffers() - before, Math::max);
      }
      String text = String.valueOf(count);
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(text.length(), text));
    });
    try (RawClient client = proxy.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(SIZE));
      write(client.socket().getOutputStream(), SIZE, new AtomicLong());
      assertThat(client.read().text()).isEqualTo(String.valueOf(SIZE));
    }
    assertThat(most.get()).as("bytes of buffers").isLessThan(24L * MEGABYTE);
  }

  @Test
  void aServerIsNotReadFasterThanASlowClientTakesIt() throws Exception {
    AtomicLong written = new AtomicLong();
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(SIZE));
      write(call.out(), SIZE, written);
    });
    try (RawClient client = proxy.client().get("/")) {
      TestServer.readHead(client.in());
      awaitStandstill(written);
      assertThat(written.get()).isLessThan(SIZE / 2);
      assertThat(read(client.in(), SIZE)).isEqualTo(SIZE);
      assertThat(client.get("/").in().read()).isEqualTo((int) 'H');
    }
  }

  @Test
  void aClientIsNotReadFasterThanASlowServerTakesIt() throws Exception {
    AtomicLong written = new AtomicLong();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    proxy.production.answers(call -> {
      goOn.get(30, TimeUnit.SECONDS);
      read(call.in(), SIZE);
      call.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    try (RawClient client = proxy.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(SIZE));
      Thread.ofVirtual()
          .start(() -> {
            try {
              write(client.socket().getOutputStream(), SIZE, written);
            } catch (Exception e) {
              goOn.completeExceptionally(e);
            }
          });
      awaitStandstill(written);
      assertThat(written.get()).isLessThan(SIZE / 2);
      goOn.complete(null);
      assertThat(client.read().text()).isEqualTo("ok");
    }
  }

  private static void awaitStandstill(AtomicLong written) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(400))
        .atMost(Duration.ofSeconds(20))
        .until(() -> written.get() > 0 && last.getAndSet(written.get()) == written.get());
  }
}
