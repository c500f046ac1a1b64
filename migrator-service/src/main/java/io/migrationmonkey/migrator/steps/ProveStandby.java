package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** The application answers its health check on the standby. */
@Component
class ProveStandby implements MigrationStep {

  private final HealthProbe health;
  private final HoldDeadline deadline;
  private final MigrationSettings settings;

  ProveStandby(HealthProbe health, HoldDeadline deadline, MigrationSettings settings) {
    this.health = health;
    this.deadline = deadline;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.PROVE_STANDBY;
  }

  @Override
  public StepReport run(MigrationRun run) {
    Duration left = deadline.left(run);
    Duration atMost = left.compareTo(settings.proveTimeout()) < 0 ? left : settings.proveTimeout();
    health
        .awaitHealthy(run.standby(), atMost)
        .ifPresent(complaint -> {
          throw new StepFailed(complaint);
        });
    return new StepReport("the application is healthy on %s".formatted(run.standby().name()));
  }
}
