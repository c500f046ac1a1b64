package io.migrationmonkey.proxy.underload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.migrationmonkey.proxy.underload.Crowd.Answered;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of Redis, traffic flows, and the proxy says how it stands with Redis. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RedisFaultsUnderLoadTest {

  @TempDir Path directory;
  private Stage stage;
  private RunningProxy proxy;
  private Crowd crowd;

  @BeforeEach
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void start() throws Exception {
    stage = new Stage(directory);
    proxy =
        stage.proxy(
            RunningProxy.freePort(),
            "--monkey.switching.command-timeout=500ms",
            "--monkey.switching.poll=200ms");
    crowd = Crowd.at(proxy.port);
    awaitConnected(1);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private void awaitConnected(double wanted) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> proxy.metric("monkey_switch_connected") == wanted);
  }

  private double missing() {
    return proxy.metric("monkey_switch_trouble{reason=\"switch_missing\"}");
  }

  private void moreIsAnswered() {
    int now = crowd.count();
    await().atMost(Duration.ofSeconds(60)).until(() -> crowd.count() > now + 1000);
  }

  private void flipsAreFollowed() {
    stage.flip();
    stage.awaitReport("p0");
    long since = System.nanoTime();
    moreIsAnswered();
    assertThat(crowd.answers().stream().filter(each -> each.began() > since).map(Answered::server))
        .containsOnly(stage.active().toString());
  }

  @Test
  void stoppedStartedEmptiedFrozenOrCutOffNoRequestFailsAndTheMetricIsTrue() throws Exception {
    moreIsAnswered();

    // Stopped, and started again without what it held.
    stage.redis.stop();
    awaitConnected(0);
    moreIsAnswered();
    stage.redis.start();
    awaitConnected(1);
    await().until(() -> missing() == 1);
    moreIsAnswered();
    stage.refill();
    await().until(() -> missing() == 0);
    flipsAreFollowed();

    // Emptied.
    stage.cli().flushall();
    await().until(() -> missing() == 1);
    assertThat(proxy.metric("monkey_switch_connected")).isOne();
    moreIsAnswered();
    stage.refill();
    await().until(() -> missing() == 0);
    flipsAreFollowed();

    // Frozen.
    stage.redis.freeze();
    awaitConnected(0);
    moreIsAnswered();
    stage.redis.thaw();
    awaitConnected(1);
    flipsAreFollowed();

    // Cut off, again and again.
    double before = proxy.metric("monkey_switch_connects_total");
    for (int i = 0; i < 5; i++) {
      stage.cli().clientKill(KillArgs.Builder.typeNormal().skipme());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> proxy.metric("monkey_switch_connected") == 1);
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> proxy.metric("monkey_switch_connects_total") > before);
    awaitConnected(1);
    flipsAreFollowed();

    crowd.close();
    assertThat(crowd.failures()).isEmpty();
    assertThat(stage.application.posts().values()).containsOnly(1);
    System.out.printf("%d requests while Redis was ill, none failed%n", crowd.count());
  }
}
