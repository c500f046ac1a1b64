package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.PushKeys;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.SshSettings;
import org.springframework.stereotype.Component;

/** The active server may push to the standby, and nothing else may. */
@Component
class ExchangeKeys implements MigrationStep {

  private final SshSettings ssh;
  private final StandbyPlace place;

  ExchangeKeys(SshSettings ssh, StandbyPlace place) {
    this.ssh = ssh;
    this.place = place;
  }

  @Override
  public Step step() {
    return Step.EXCHANGE_KEYS;
  }

  @Override
  public StepReport run(MigrationRun run) {
    String key = run.source().run(new PushKeys.Make());
    String hostKey = run.standby().run(new PushKeys.HostKey());
    run.source().run(PushKeys.pin(run.standby().address(), ssh.port(), hostKey));
    run.standby().run(PushKeys.authorize(key));
    run.source().run(PushKeys.authorizeNobody());
    place.prepare(run);
    return new StepReport(
        "%s may push to %s, through rsync alone"
            .formatted(run.source().name(), run.standby().name()));
  }
}
