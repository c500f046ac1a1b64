package io.migrationmonkey.lab.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Waiting for something, for so long and no longer. */
public final class Patience {

  private static final Duration PAUSE = Duration.ofMillis(300);

  private Patience() {}

  /** Looks once: nothing means not yet. */
  public interface Look<T> {
    Optional<T> now() throws IOException, InterruptedException;
  }

  /**
   * Looks again and again until there is something. A look that fails counts as not yet, and the
   * last such failure is told at the end.
   *
   * @param what completes the sentence "waited for …"
   * @throws IOException when the time is up
   */
  public static <T> T until(String what, Duration bound, Look<T> look)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    IOException last = null;
    while (true) {
      try {
        Optional<T> found = look.now();
        if (found.isPresent()) {
          return found.get();
        }
      } catch (IOException e) {
        last = e;
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            "waited %d s for %s%s"
                .formatted(bound.toSeconds(), what, last == null ? "" : ": " + last.getMessage()),
            last);
      }
      pause(PAUSE);
    }
  }

  /** Lets some time go by. */
  public static void pause(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }
}
