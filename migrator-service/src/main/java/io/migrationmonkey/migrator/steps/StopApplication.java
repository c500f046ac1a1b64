package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The application's services on the source are stopped, and stay so over a reboot. */
@Component
class StopApplication implements MigrationStep {

  private final ApplicationSettings application;
  private final Switchboard switchboard;
  private final Waiting waiting;
  private final MigrationSettings settings;

  StopApplication(
      ApplicationSettings application,
      Switchboard switchboard,
      Waiting waiting,
      MigrationSettings settings) {
    this.application = application;
    this.switchboard = switchboard;
    this.waiting = waiting;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.STOP_APPLICATION;
  }

  @Override
  public StepReport run(MigrationRun run) {
    // Under a hold the proxies are drained already.
    boolean drained = run.course() == Course.WITH_DATA || drained(run);
    run.source().run(Services.stop(application.services()));
    List<String> states = run.source().run(new Services.States(application.services()));
    if (states.stream().anyMatch(state -> state.startsWith("active"))) {
      throw new StepFailed(
          "%s does not stop on %s: %s".formatted(application.name(), run.source().name(), states));
    }
    return new StepReport(
        "%s is stopped on %s%s"
            .formatted(
                application.name(),
                run.source().name(),
                drained
                    ? ""
                    : ", though requests were still in flight to it after %d s"
                        .formatted(settings.drainTimeout().toSeconds())));
  }

  /** Waits for what the proxies have sent here before they followed the switch. */
  private boolean drained(MigrationRun run) {
    return waiting
        .until(
            settings.drainTimeout(),
            Duration.ofMillis(50),
            () -> {
              try {
                return switchboard.proxies().stream()
                        .allMatch(proxy -> proxy.inFlightTo(run.source().name()) == 0)
                    ? Optional.of(true)
                    : Optional.empty();
              } catch (DataAccessException away) {
                return Optional.empty();
              }
            })
        .isPresent();
  }
}
