package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.packages.DebianPackage;
import io.migrationmonkey.migrator.packages.PackageCase;
import io.migrationmonkey.migrator.packages.PackagePlan;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What a migration would do, found out without changing anything. */
@Component
class DryRun {

  private final CheckServers check;
  private final PackageTransfer packages;

  DryRun(CheckServers check, PackageTransfer packages) {
    this.check = check;
    this.packages = packages;
  }

  State run(MigrationRun run, Scribe scribe) {
    Step step = Step.CHECK_SERVERS;
    try {
      scribe.begin(step);
      run.begin(step);
      StepReport report = check.run(run);
      scribe.done(step, report.text(), report.facts());
      step = Step.INSTALL_PACKAGES;
      scribe.begin(step);
      run.begin(step);
      PackagePlan plan = packages.plan(run.source(), run.standby());
      plan.lines().forEach(line -> scribe.tell(Kind.PROGRESS, Step.INSTALL_PACKAGES, line));
      if (!plan.obstacles().isEmpty()) {
        throw new StepFailed(String.join("; ", plan.obstacles()));
      }
      String missing =
          plan.wanted().stream().map(DebianPackage::toString).collect(Collectors.joining(" "));
      String cases =
          plan.cases().stream().map(PackageCase::toString).collect(Collectors.joining("\n"));
      scribe.done(
          step,
          "would install %d packages and change %d"
              .formatted(plan.install().size(), plan.change().size()),
          Map.of(Fact.PACKAGES_TO_INSTALL, missing, Fact.PACKAGES, cases));
      scribe.end(State.DRY_RUN_DONE, "");
      return State.DRY_RUN_DONE;
    } catch (RuntimeException e) {
      run.checkStillOurs();
      String why = "%s: %s".formatted(step, e.getMessage());
      scribe.tell(Kind.FAILED, step, why);
      State state = run.aborted() == null ? State.REFUSED : State.ABORTED;
      scribe.end(state, why);
      return state;
    }
  }
}
