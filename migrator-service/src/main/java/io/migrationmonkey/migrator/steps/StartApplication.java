package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Step;
import org.springframework.stereotype.Component;

/** The application's services are enabled and running on the standby. */
@Component
class StartApplication implements MigrationStep {

  private final ApplicationSettings application;
  private final HoldDeadline deadline;

  StartApplication(ApplicationSettings application, HoldDeadline deadline) {
    this.application = application;
    this.deadline = deadline;
  }

  @Override
  public Step step() {
    return Step.START_APPLICATION;
  }

  @Override
  public StepReport run(MigrationRun run) {
    run.standby()
        .run(Services.start(application.services(), run.seen().epoch(), deadline.left(run)));
    if (application.afterStart() != null) {
      run.standby().run(application.afterStart().within(deadline.left(run)));
    }
    return new StepReport("%s runs on %s".formatted(application.name(), run.standby().name()));
  }
}
