package io.migrationmonkey.proxy;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** A thread beside the traffic that works as long as the application runs, and can be woken up. */
public abstract class BackgroundLoop implements SmartLifecycle {

  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

  private final String name;
  private final Duration grace;
  private final Semaphore news = new Semaphore(0);
  private volatile boolean running;
  private @Nullable Thread thread;

  /**
   * @param name of the thread
   * @param grace how long it may take to end by itself before it is interrupted
   */
  protected BackgroundLoop(String name, Duration grace) {
    this.name = name;
    this.grace = grace;
  }

  /** Works until {@link #isRunning} says no. */
  protected abstract void work() throws InterruptedException;

  /** Ends a wait for news. Several calls before the next wait count as one. */
  protected final void wake() {
    news.release();
  }

  /** Waits until woken up, or as long as given. */
  protected final void awaitNews(Duration atMost) throws InterruptedException {
    var _ = news.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
    news.drainPermits();
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  private void run() {
    try {
      work();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    running = false;
    wake();
    Thread started = thread;
    if (started == null) {
      return;
    }
    try {
      if (!started.join(grace)) {
        started.interrupt();
        started.join(AFTER_INTERRUPT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
