package io.migrationmonkey.proxy.underload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.proxy.forwarding.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process of the proxy takes over from another, under load. */
class RestartUnderLoadTest {

  private static final int RESTARTS = 2;

  @TempDir Path directory;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void aProxyThatIsReplacedRefusesNoConnectionAndFailsNoRequest() throws Exception {
    try (Stage stage = new Stage(directory)) {
      int port = RunningProxy.freePort();
      RunningProxy serving = overlapping(stage, port);
      Crowd crowd = Crowd.calmlyAt(port);
      try (Knocking knocking = new Knocking(port)) {
        for (int i = 0; i < RESTARTS; i++) {
          RunningProxy next = overlapping(stage, port);
          // Each is drained for itself.
          awaitReports(stage, 2);
          int now = crowd.count();
          await().atMost(Duration.ofSeconds(60)).until(() -> crowd.count() > now + 200);
          serving.stop();
          assertThat(serving.log()).doesNotContain("were still busy");
          awaitReports(stage, 1);
          serving = next;
        }
        crowd.close();
        knocking.close();
        System.out.printf(
            "%d restarts under load: %d requests, %d new connections, none refused, none failed%n",
            RESTARTS, crowd.count(), knocking.answered.get());
        assertThat(crowd.failures()).isEmpty();
        assertThat(knocking.failures).isEmpty();
        assertThat(knocking.answered.get()).isGreaterThan(300);
        assertThat(stage.application.posts().values()).containsOnly(1);
      }
    }
  }

  // On a busy machine a client may need longer for its next request than the default allows.
  private static RunningProxy overlapping(Stage stage, int port) throws Exception {
    return stage.proxy(
        port, "--monkey.proxy.overlap=true", "--monkey.traffic.shutdown-deadline=60s");
  }

  private static void awaitReports(Stage stage, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stage.cli().keys(ProxyReport.KEY_PREFIX + "*").size() == count);
  }

  /** Nothing but new connections, so that the listening socket is never at rest. */
  private static final class Knocking implements AutoCloseable {

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    private Knocking(int port) {
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofVirtual().start(() -> knock(port)));
      }
    }

    private void knock(int port) {
      try {
        while (!over.await(20, TimeUnit.MILLISECONDS)) {
          knockOnce(port);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void knockOnce(int port) {
      try (RawClient client = new RawClient(port)) {
        if (client.get("/small").read().status() == 200) {
          answered.incrementAndGet();
        } else {
          failures.add("not 200");
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }

    @Override
    public void close() throws InterruptedException {
      over.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
