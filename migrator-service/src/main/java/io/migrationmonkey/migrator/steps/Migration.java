package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.Move;
import io.migrationmonkey.migrator.plan.Outcome;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The whole migration: take a move, journal it, do it, journal what became of it, ask the {@link
 * Planner} for the next.
 */
@Component
class Migration {

  private static final Logger log = LoggerFactory.getLogger(Migration.class);

  private final Map<Step, MigrationStep> steps = new EnumMap<>(Step.class);
  private final RollBack rollBack;

  Migration(List<MigrationStep> steps, RollBack rollBack) {
    steps.forEach(step -> this.steps.put(step.step(), step));
    if (this.steps.size() != Step.values().length) {
      throw new IllegalStateException("a step has no class: " + this.steps.keySet());
    }
    this.rollBack = rollBack;
  }

  /**
   * Runs from that move to the end.
   *
   * @throws MigrationRun.Relinquished when this migrator has to let go on the way; the journal then
   *     stands open, for whoever takes it up
   */
  Move.End run(Move first, MigrationRun run, Scribe scribe) {
    Planner planner = new Planner(run.course());
    Move move = first;
    while (true) {
      run.checkStillOurs();
      switch (move) {
        case Move.Run(Step step) -> move = planner.after(take(step, run, scribe));
        case Move.RollBack(String why) -> {
          scribe.tell(Kind.ROLLING_BACK, null, why);
          Outcome outcome = rollBack.run(run, why);
          run.checkStillOurs();
          move = planner.after(outcome);
        }
        case Move.End end -> {
          if (end.state() == State.SOURCE_MISSING) {
            rollBack.fenceSource(run, String.valueOf(end.problem()));
          }
          scribe.end(end.state(), end.problem() == null ? "" : end.problem());
          return end;
        }
      }
    }
  }

  private Outcome take(Step step, MigrationRun run, Scribe scribe) {
    try {
      scribe.begin(step);
      run.begin(step);
      MigrationStep todo = steps.get(step);
      if (todo == null) {
        throw new IllegalStateException("no class for " + step);
      }
      StepReport report = todo.run(run);
      run.learn(report.facts());
      scribe.done(step, report.text(), report.facts());
      return new Outcome.Done(step);
    } catch (RuntimeException e) {
      run.checkStillOurs();
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      if (!(e instanceof StepFailed)) {
        log.warn("{}: {} failed", run.id(), step, e);
      }
      scribe.tell(Kind.FAILED, step, why);
      String aborted = run.aborted();
      return aborted == null ? new Outcome.Failed(step, why) : new Outcome.Aborted(step, aborted);
    } finally {
      run.end();
    }
  }
}
