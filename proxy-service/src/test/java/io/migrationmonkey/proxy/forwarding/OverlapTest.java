package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One port taken over from one proxy by the next, again and again. */
class OverlapTest {

  private static final int TAKE_OVERS = 8;

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);

  private static ProxyUnderTest at(int port) {
    return ProxyUnderTest.with(limits -> {
      limits.port = port;
      limits.overlap = true;
      limits.shutdown = Duration.ofSeconds(20);
      return limits;
    });
  }

  private Thread every(long millis, Ask ask) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            while (!over.await(millis, TimeUnit.MILLISECONDS)) {
              ask.once();
              answered.incrementAndGet();
            }
          } catch (IOException e) {
            failures.add(e.toString());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private interface Ask {
    void once() throws IOException;
  }

  private static void onNewConnection(int port) throws IOException {
    try (RawClient client = new RawClient(port)) {
      okay(client.get("/new").read());
    }
  }

  private static Response okay(Response response) throws IOException {
    if (response.status() != 200) {
      throw new IOException(response.status() + " " + response.text());
    }
    return response;
  }

  /** Asks again and again over one connection, until an answer says that it closes. */
  private final class KeepAlive implements Ask {

    private final int port;
    private RawClient client;

    private KeepAlive(int port) {
      this.port = port;
    }

    @Override
    public void once() throws IOException {
      if (client == null) {
        client = new RawClient(port);
      }
      Response response = okay(client.get("/kept").read());
      if ("close".equals(response.header("Connection"))) {
        hangUp();
      }
    }

    void hangUp() throws IOException {
      if (client != null) {
        client.close();
        client = null;
      }
    }
  }

  @Test
  void noConnectionIsRefusedAndNoRequestFails() throws Exception {
    ProxyUnderTest serving = at(0);
    int port = serving.server.port();
    List<Thread> clients = new ArrayList<>();
    List<KeepAlive> kept = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(every(1, () -> onNewConnection(port)));
      kept.add(new KeepAlive(port));
      clients.add(every(5, kept.getLast()));
    }
    try {
      for (int i = 0; i < TAKE_OVERS; i++) {
        ProxyUnderTest next = at(port);
        int now = answered.get();
        await().until(() -> answered.get() > now + 20);
        serving.close();
        assertThat(failures).isEmpty();
        serving = next;
      }
    } finally {
      over.countDown();
      for (Thread client : clients) {
        client.join();
      }
      for (KeepAlive client : kept) {
        client.hangUp();
      }
      serving.close();
    }
    assertThat(failures).isEmpty();
    assertThat(answered.get()).isGreaterThan(20 * TAKE_OVERS);
  }

  @Test
  void theNewestGetsEveryNewConnection() throws Exception {
    try (ProxyUnderTest old = at(0);
        ProxyUnderTest next = at(old.server.port())) {
      for (int i = 0; i < 50; i++) {
        onNewConnection(old.server.port());
      }
      assertThat(old.production.heads()).isEmpty();
      assertThat(next.production.heads()).hasSize(50);
    }
  }

  @Test
  void aClientThatRestsBetweenTwoRequestsHearsOfItWithItsNextAnswer() throws Exception {
    ProxyUnderTest old = at(0);
    try (RawClient client = old.client()) {
      assertThat(okay(client.get("/1").read()).header("Connection")).isNull();
      Thread stopping = Thread.ofPlatform().start(old.server::stop);
      await().until(() -> !old.server.isRunning());
      await().until(() -> "close".equals(okay(client.get("/2").read()).header("Connection")));
      assertThat(client.closed()).isTrue();
      stopping.join();
    } finally {
      old.close();
    }
  }
}
