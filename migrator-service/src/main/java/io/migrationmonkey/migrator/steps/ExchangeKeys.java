package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.Guard;
import io.migrationmonkey.migrator.application.PushKeys;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The active server may push to the standby, and nothing else may; both ask at boot whether the
 * application is theirs to start.
 */
@Component
class ExchangeKeys implements MigrationStep {

  private final SshSettings ssh;
  private final ApplicationSettings application;
  private final StandbyPlace place;

  ExchangeKeys(SshSettings ssh, ApplicationSettings application, StandbyPlace place) {
    this.ssh = ssh;
    this.application = application;
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
    run.standby().run(PushKeys.authorize(ssh.user(), key));
    run.source().run(PushKeys.authorizeNobody(ssh.user()));
    place.prepare(run);
    return new StepReport(
        "%s may push to %s, through rsync alone; %s"
            .formatted(run.source().name(), run.standby().name(), guarded(run)));
  }

  private String guarded(MigrationRun run) {
    String without =
        Stream.of(run.source(), run.standby())
            .filter(server -> !server.run(new Guard(application.services())))
            .map(server -> server.name().toString())
            .collect(Collectors.joining(" and "));
    return without.isEmpty()
        ? "both are guarded at boot"
        : "no boot guard on %s: play Ansible's site.yml again".formatted(without);
  }
}
