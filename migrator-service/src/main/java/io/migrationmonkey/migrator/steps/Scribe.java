package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.Pen;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Writes one migration's journal, and says the same in the log. The beginning and the success of a
 * step must be written, or the step fails; what tells of a failure is kept here while Redis is
 * away, so that a server is made to serve again even then. A journal that an emptied Redis has lost
 * is written anew.
 */
final class Scribe {

  private static final Logger log = LoggerFactory.getLogger(Scribe.class);

  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

  /** A Redis that restarts is waited for, but less long than a hold lasts. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Pen pen;
  private final String id;
  private final Clock clock;
  private final Waiting waiting;
  private final List<JournalEntry> written;
  private final Deque<JournalEntry> backlog = new ArrayDeque<>();
  private @Nullable Step current;
  private Instant lastProgress = Instant.EPOCH;

  /**
   * @param earlier what the journal holds already
   */
  Scribe(Pen pen, String id, Clock clock, Waiting waiting, List<JournalEntry> earlier) {
    this.pen = pen;
    this.id = id;
    this.clock = clock;
    this.waiting = waiting;
    this.written = new ArrayList<>(earlier);
  }

  synchronized void begin(Step step) {
    log.info("{}: {}", id, step);
    current = step;
    lastProgress = Instant.EPOCH;
    write(entry(Kind.STARTED, step, "", Map.of()));
  }

  synchronized void done(Step step, String text, Map<Fact, String> facts) {
    current = null;
    write(entry(Kind.DONE, step, text, facts));
  }

  /** At most one line a second is kept: the newest word counts, not every word. */
  synchronized void progress(String text) {
    Instant now = clock.instant();
    // While Redis is away progress is not worth keeping, nor waiting for.
    if (current == null || !backlog.isEmpty() || now.isBefore(lastProgress.plus(PROGRESS_EVERY))) {
      return;
    }
    lastProgress = now;
    tell(Kind.PROGRESS, current, text);
  }

  synchronized void end(State state, String problem) {
    if (state == State.SUCCEEDED || state == State.DRY_RUN_DONE) {
      log.info("{}: {}", id, state);
    } else {
      log.warn("{}: {}: {}", id, state, problem);
    }
    Map<Fact, String> facts = new EnumMap<>(Fact.class);
    facts.put(Fact.STATE, state.name());
    if (!problem.isEmpty()) {
      facts.put(Fact.PROBLEM, problem);
    }
    keep(entry(Kind.ENDED, null, problem, facts));
  }

  synchronized void tell(Kind kind, @Nullable Step step, String text) {
    if (kind == Kind.ROLLING_BACK) {
      log.warn("{}: rolling back: {}", id, text);
    }
    keep(entry(kind, step, text, Map.of()));
  }

  private void write(JournalEntry entry) {
    backlog.add(entry);
    boolean done = waiting.until(PATIENCE, Duration.ofMillis(200), this::flushed).isPresent();
    if (!done) {
      // The last attempt tells why.
      try {
        flush();
      } catch (DataAccessException e) {
        backlog.removeLast();
        throw e;
      }
    }
  }

  private void keep(JournalEntry entry) {
    backlog.add(entry);
    try {
      flush();
    } catch (DataAccessException e) {
      log.warn("{}: the journal is out of reach, kept for later: {}", id, entry);
    }
  }

  private Optional<Boolean> flushed() {
    try {
      flush();
      return Optional.of(true);
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }

  /** Writes what Redis has missed. */
  synchronized void flush() {
    while (!backlog.isEmpty()) {
      JournalEntry entry = backlog.getFirst();
      long length = pen.append(id, entry);
      backlog.removeFirst();
      written.add(entry);
      if (length < written.size()) {
        log.warn("{}: Redis has lost the journal; it is written anew", id);
        pen.restore(id, List.copyOf(written));
      }
    }
  }

  private JournalEntry entry(Kind kind, @Nullable Step step, String text, Map<Fact, String> facts) {
    return new JournalEntry(clock.instant(), kind, step, text, facts);
  }
}
