package io.migrationmonkey.lab;

import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Migrations;
import io.migrationmonkey.lab.stack.Patience;
import io.migrationmonkey.lab.timeline.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Follows a migration to its end, also when the stream of events breaks off in between. */
final class Follower {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Migrations migrations;
  private final Timeline timeline;

  Follower(Migrations migrations, Timeline timeline) {
    this.migrations = migrations;
    this.timeline = timeline;
  }

  /**
   * Tells the journal and returns the final view.
   *
   * @throws IOException when the migration has not ended within that time
   */
  MigrationView follow(String id, Duration bound) throws IOException, InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    AtomicInteger told = new AtomicInteger();
    while (true) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        throw new IOException(
            "waited %d s for migration %s to end".formatted(bound.toSeconds(), id));
      }
      Optional<MigrationView> last = once(id, left, told);
      if (last.isPresent()) {
        return last.get();
      }
      Patience.pause(PAUSE);
    }
  }

  private Optional<MigrationView> once(String id, Duration left, AtomicInteger told) {
    AtomicInteger seen = new AtomicInteger();
    try {
      return migrations.follow(
          id,
          left,
          event -> {
            // The stream replays from the beginning: what was told already isn't told again.
            if (seen.incrementAndGet() > told.get()) {
              told.set(seen.get());
              timeline.journal(event);
            }
          });
    } catch (IOException | IllegalArgumentException e) {
      timeline.note("lost the migrator's events, asking again: " + e.getMessage());
      return Optional.empty();
    }
  }
}
