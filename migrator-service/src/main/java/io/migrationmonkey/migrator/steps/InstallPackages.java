package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.packages.InstallOrder;
import io.migrationmonkey.migrator.packages.PackagePlan;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import io.migrationmonkey.migrator.plan.Step;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Every package of the active server is on the standby; no service was started by that. */
@Component
class InstallPackages implements MigrationStep {

  private final PackageTransfer packages;
  private final ApplicationSettings application;

  InstallPackages(PackageTransfer packages, ApplicationSettings application) {
    this.packages = packages;
    this.application = application;
  }

  @Override
  public Step step() {
    return Step.INSTALL_PACKAGES;
  }

  @Override
  public StepReport run(MigrationRun run) {
    PackagePlan plan = packages.plan(run.source(), run.standby());
    run.progress(
        "%d packages to install, %d to change, %d there already"
            .formatted(plan.install().size(), plan.change().size(), plan.unchanged()));
    InstallOrder order = packages.check(plan, run.source(), run.standby(), run::progress);
    int installed = packages.install(order, run.source(), run.standby(), run::progress);
    // Installing enables a service, and a standby that reboots must not start the application.
    run.standby().run(Services.stop(application.services()));
    return new StepReport(
        "%d packages installed, %d were there".formatted(installed, plan.unchanged()),
        Map.of(Fact.PACKAGES_INSTALLED, Integer.toString(installed)));
  }
}
