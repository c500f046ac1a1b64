package io.migrationmonkey.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatestTest {

  private final List<Integer> received = new CopyOnWriteArrayList<>();

  @Test
  void aSlowReceiverGetsTheNewestAndTheGiverNeverWaits() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Latest<Integer> latest =
        new Latest<>(
            "slow",
            value -> {
              busy.countDown();
              hold(goOn);
              received.add(value);
            })) {
      latest.accept(0);
      assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i <= 1_000; i++) {
        latest.accept(i);
      }
      goOn.countDown();
      await().atMost(Duration.ofSeconds(10)).until(() -> received.size() == 2);
    }
    assertThat(received).containsExactly(0, 1_000);
  }

  @Test
  void goesOnAfterAReceiverThatThrew() {
    try (Latest<Integer> latest =
        new Latest<>(
            "fragile",
            value -> {
              received.add(value);
              if (value == 1) {
                throw new NoClassDefFoundError("thrown by the test");
              }
            })) {
      latest.accept(1);
      await().atMost(Duration.ofSeconds(10)).until(() -> received.size() == 1);
      latest.accept(2);
      await().atMost(Duration.ofSeconds(10)).until(() -> received.size() == 2);
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
