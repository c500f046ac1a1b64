package io.migrationmonkey.monitor.watch;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands values to a slow receiver on a thread of its own. It keeps one: a newer value replaces one
 * that still waits, so that the giver never waits and the receiver never works on old news.
 *
 * @param <T> what is handed over
 */
public final class Latest<T> implements Consumer<T>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Latest.class);

  private final AtomicReference<@Nullable T> slot = new AtomicReference<>();
  private final Consumer<? super T> receiver;
  private final Thread thread;
  private volatile boolean closed;

  public Latest(String threadName, Consumer<? super T> receiver) {
    this.receiver = receiver;
    this.thread = Thread.ofPlatform().name(threadName).daemon().start(this::receive);
  }

  @Override
  public void accept(T value) {
    slot.set(value);
    LockSupport.unpark(thread);
  }

  private void receive() {
    while (!closed) {
      T value = slot.getAndSet(null);
      if (value == null) {
        LockSupport.park(this);
        continue;
      }
      try {
        receiver.accept(value);
      } catch (RuntimeException | Error e) {
        log.error(
            "{} failed and goes on with the next reading", Thread.currentThread().getName(), e);
      }
    }
  }

  /** Lets the receiver's thread end; what waits is dropped. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
