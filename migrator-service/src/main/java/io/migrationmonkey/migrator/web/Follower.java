package io.migrationmonkey.migrator.web;

import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends a migration's journal as server-sent events, from its beginning to its end. It reads Redis,
 * so it does not matter which migrator runs the migration.
 */
@Component
class Follower implements DisposableBean {

  private static final Duration EVERY = Duration.ofMillis(200);
  private static final int QUIET_ROUNDS = 25;

  private final Journal journal;
  private final EventStreams streams = new EventStreams(32, Duration.ofHours(6));

  Follower(Journal journal) {
    this.journal = journal;
  }

  SseEmitter follow(String id) {
    return streams
        .open(emitter -> tell(id, emitter))
        .orElseThrow(() ->
            MigrationController.problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "%d follow a migration already: GET /api/migrations/%s instead"
                    .formatted(streams.atOnce(), id)));
  }

  private void tell(String id, SseEmitter emitter) throws IOException, InterruptedException {
    long next = 0;
    int quiet = 0;
    while (true) {
      List<JournalEntry> entries = read(id, next);
      for (JournalEntry entry : entries) {
        emitter.send(SseEmitter.event().id(Long.toString(next)).name("journal").data(line(entry)));
        next++;
        if (entry.kind() == JournalEntry.Kind.ENDED) {
          emitter.send(SseEmitter.event().name("end").data(journal.find(id).orElseThrow()));
          return;
        }
      }
      quiet = entries.isEmpty() ? quiet + 1 : 0;
      if (quiet == QUIET_ROUNDS) {
        // Lets the other side, and us, notice a dead connection.
        emitter.send(SseEmitter.event().comment("still under way"));
        quiet = 0;
      }
      Thread.sleep(EVERY);
    }
  }

  /** While Redis is away there is nothing to tell, and nothing to end the stream for. */
  private List<JournalEntry> read(String id, long from) {
    try {
      return journal.entries(id, from);
    } catch (DataAccessException away) {
      return List.of();
    }
  }

  private static Line line(JournalEntry entry) {
    return new Line(
        entry.at(),
        entry.step() == null ? null : entry.step().name(),
        entry.kind().name(),
        entry.text());
  }

  /** One event. */
  record Line(
      Instant at, @org.jspecify.annotations.Nullable String step, String kind, String text) {}

  @Override
  public void destroy() {
    streams.destroy();
  }
}
