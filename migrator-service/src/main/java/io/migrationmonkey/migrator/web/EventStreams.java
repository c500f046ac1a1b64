package io.migrationmonkey.migrator.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams of server-sent events: a bounded number at once, each on a virtual thread of its own. */
public final class EventStreams implements DisposableBean {

  private final int atOnce;
  private final Duration longest;
  private final Semaphore places;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param atOnce so many
   * @param longest after that one ends, whatever it has left to say
   */
  public EventStreams(int atOnce, Duration longest) {
    this.atOnce = atOnce;
    this.longest = longest;
    this.places = new Semaphore(atOnce);
  }

  /** What one stream says, from its beginning to its end. */
  @FunctionalInterface
  public interface Told {
    void to(SseEmitter emitter) throws IOException, InterruptedException;
  }

  public int atOnce() {
    return atOnce;
  }

  /** Begins one; empty where there are too many already. */
  public Optional<SseEmitter> open(Told told) {
    if (!places.tryAcquire()) {
      return Optional.empty();
    }
    SseEmitter emitter = new SseEmitter(longest.toMillis());
    threads.execute(() -> tell(told, emitter));
    return Optional.of(emitter);
  }

  private void tell(Told told, SseEmitter emitter) {
    try {
      told.to(emitter);
      emitter.complete();
    } catch (IOException | IllegalStateException gone) {
      emitter.complete();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      emitter.complete();
    } catch (RuntimeException e) {
      emitter.completeWithError(e);
    } finally {
      places.release();
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
