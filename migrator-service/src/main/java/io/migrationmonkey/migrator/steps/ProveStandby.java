package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.plan.Step;
import org.springframework.stereotype.Component;

/** The application answers its health check on the standby. */
@Component
class ProveStandby implements MigrationStep {

  private final HealthProbe health;
  private final MigrationSettings settings;

  ProveStandby(HealthProbe health, MigrationSettings settings) {
    this.health = health;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.PROVE_STANDBY;
  }

  @Override
  public StepReport run(MigrationRun run) {
    health
        .awaitHealthy(run.standby().address(), settings.proveTimeout())
        .ifPresent(complaint -> {
          throw new StepFailed(complaint);
        });
    return new StepReport("the application is healthy on %s".formatted(run.standby().name()));
  }
}
