package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Move;
import io.migrationmonkey.migrator.plan.Outcome;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where to go on with a migration whose migrator stopped, as its journal tells. Pure.
 *
 * @param first the next move
 * @param begun the steps that may have done something
 * @param facts what they found out
 */
record Resumption(Move first, Set<Step> begun, Map<Fact, String> facts) {

  /**
   * @param journal of a migration that has not ended, from its order on
   */
  static Resumption of(List<JournalEntry> journal) {
    Map<Fact, String> facts = new EnumMap<>(Fact.class);
    Set<Step> begun = EnumSet.noneOf(Step.class);
    Step at = Step.CHECK_SERVERS;
    String rollingBack = null;
    for (JournalEntry entry : journal) {
      if (entry.kind() != Kind.ABORT_ORDERED) {
        facts.putAll(entry.facts());
      }
      Step step = entry.step();
      if (entry.kind() == Kind.STARTED && step != null) {
        at = step;
        begun.add(step);
        rollingBack = null;
      } else if (entry.kind() == Kind.ROLLING_BACK) {
        rollingBack = entry.text();
      }
    }
    Planner planner =
        new Planner(Course.valueOf(facts.getOrDefault(Fact.COURSE, Course.WITH_DATA.name())));
    Outcome outcome =
        rollingBack == null
            ? new Outcome.Interrupted(at)
            : new Outcome.RollBackInterrupted(rollingBack);
    return new Resumption(planner.after(outcome), begun, facts);
  }

  /** The switch as it was when the migration began. */
  SwitchState seen() {
    return new SwitchState(
        ServerName.of(facts.getOrDefault(Fact.FROM, "production")),
        Long.parseLong(facts.getOrDefault(Fact.EPOCH_BEFORE, "0")),
        "");
  }
}
