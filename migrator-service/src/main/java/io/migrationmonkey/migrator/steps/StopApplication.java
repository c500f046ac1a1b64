package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Step;
import java.util.List;
import org.springframework.stereotype.Component;

/** The application's services on the source are stopped, and stay so over a reboot. */
@Component
class StopApplication implements MigrationStep {

  private final ApplicationSettings application;
  private final HoldDeadline deadline;

  StopApplication(ApplicationSettings application, HoldDeadline deadline) {
    this.application = application;
    this.deadline = deadline;
  }

  @Override
  public Step step() {
    return Step.STOP_APPLICATION;
  }

  @Override
  public StepReport run(MigrationRun run) {
    if (application.beforeStop() != null) {
      run.source().run(application.beforeStop().within(deadline.left(run)));
    }
    run.source().run(Services.stop(application.services()));
    List<String> states = run.source().run(new Services.States(application.services()));
    if (states.stream().anyMatch(state -> state.startsWith("active"))) {
      throw new StepFailed(
          "%s does not stop on %s: %s".formatted(application.name(), run.source().name(), states));
    }
    return new StepReport("%s is stopped on %s".formatted(application.name(), run.source().name()));
  }
}
