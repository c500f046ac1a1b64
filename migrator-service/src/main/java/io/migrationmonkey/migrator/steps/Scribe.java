package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Writes one migration's journal. The beginning and the success of a step must be written, or the
 * step fails; what tells of a failure is kept here while Redis is away, so that a server is made to
 * serve again even then.
 */
final class Scribe {

  private static final Logger log = LoggerFactory.getLogger(Scribe.class);

  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

  private final Journal journal;
  private final String id;
  private final Clock clock;
  private final Deque<JournalEntry> backlog = new ArrayDeque<>();
  private @Nullable Step current;
  private Instant lastProgress = Instant.EPOCH;

  Scribe(Journal journal, String id, Clock clock) {
    this.journal = journal;
    this.id = id;
    this.clock = clock;
  }

  synchronized void begin(Step step) {
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
    Map<Fact, String> facts = new EnumMap<>(Fact.class);
    facts.put(Fact.STATE, state.name());
    if (!problem.isEmpty()) {
      facts.put(Fact.PROBLEM, problem);
    }
    keep(entry(Kind.ENDED, null, problem, facts));
  }

  synchronized void tell(Kind kind, @Nullable Step step, String text) {
    keep(entry(kind, step, text, Map.of()));
  }

  private void write(JournalEntry entry) {
    flush();
    journal.append(id, entry);
  }

  private void keep(JournalEntry entry) {
    backlog.add(entry);
    try {
      flush();
    } catch (DataAccessException e) {
      log.warn("{}: the journal is out of reach, kept for later: {}", id, entry);
    }
  }

  /** Writes what Redis has missed. */
  synchronized void flush() {
    while (!backlog.isEmpty()) {
      journal.append(id, backlog.getFirst());
      backlog.removeFirst();
    }
  }

  private JournalEntry entry(Kind kind, @Nullable Step step, String text, Map<Fact, String> facts) {
    return new JournalEntry(clock.instant(), kind, step, text, facts);
  }
}
