package io.migrationmonkey.proxy.routing;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Lets time pass at the gate: a hold's deadline takes effect within {@link #TICK}. */
@Component
final class GateTimer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(GateTimer.class);
  private static final Duration TICK = Duration.ofMillis(20);

  private final Gate gate;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gate-timer").factory());
  private volatile boolean running;

  GateTimer(Gate gate) {
    this.gate = gate;
  }

  @Override
  public void start() {
    running = true;
    long nanos = TICK.toNanos();
    var _ = thread.scheduleWithFixedDelay(this::tick, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    try {
      Hold expired = gate.tick();
      if (expired != null) {
        log.warn(
            "The hold of migration {} ended by its deadline; traffic goes to {} again",
            expired.migration(),
            gate.state().active());
      }
    } catch (RuntimeException e) {
      // An exception that left here would stop the timer, and with it every deadline.
      log.error("A request failed as the gate opened; the timer goes on", e);
    }
  }

  @Override
  public void stop() {
    running = false;
    thread.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
