package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import java.util.Map;

/** What a step did. */
record StepReport(String text, Map<Fact, String> facts) {

  StepReport(String text) {
    this(text, Map.of());
  }
}
