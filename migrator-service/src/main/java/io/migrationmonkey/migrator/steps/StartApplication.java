package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Step;
import org.springframework.stereotype.Component;

/** The application's services are enabled and running on the standby. */
@Component
class StartApplication implements MigrationStep {

  private final ApplicationSettings application;

  StartApplication(ApplicationSettings application) {
    this.application = application;
  }

  @Override
  public Step step() {
    return Step.START_APPLICATION;
  }

  @Override
  public StepReport run(MigrationRun run) {
    run.standby().run(Services.start(application.services()));
    return new StepReport("%s runs on %s".formatted(application.name(), run.standby().name()));
  }
}
