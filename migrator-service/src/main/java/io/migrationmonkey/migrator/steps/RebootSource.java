package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.Run;
import io.migrationmonkey.migrator.ssh.SshFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The old active server has booted anew; its boot id proves it. */
@Component
class RebootSource implements MigrationStep {

  private final Waiting waiting;
  private final MigrationSettings settings;

  RebootSource(Waiting waiting, MigrationSettings settings) {
    this.waiting = waiting;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.REBOOT_SOURCE;
  }

  @Override
  public StepReport run(MigrationRun run) {
    RemoteServer source = run.source();
    String before = run.fact(Fact.BOOT_ID_BEFORE);
    if (newBootId(source, before).isEmpty()) {
      reboot(source);
    }
    String after =
        waiting
            .until(
                settings.rebootTimeout(), Duration.ofMillis(500), () -> newBootId(source, before))
            .orElseThrow(() ->
                new StepFailed(
                    "%s is not back %d s after its reboot: traffic flows to %s, look at its console"
                        .formatted(
                            source.name(),
                            settings.rebootTimeout().toSeconds(),
                            run.standby().name())));
    return new StepReport(
        "%s has booted anew".formatted(source.name()), Map.of(Fact.BOOT_ID_AFTER, after));
  }

  private static void reboot(RemoteServer source) {
    try {
      source.run(new Run(Invocation.of("systemctl", "reboot")));
    } catch (SshFailure cut) {
      // A server that goes down cuts the line before it answers; the boot id tells.
    }
    source.disconnect();
  }

  private static Optional<String> newBootId(RemoteServer source, String before) {
    try {
      String now = source.run(new ServerFacts.Read()).bootId();
      return now.equals(before) ? Optional.empty() : Optional.of(now);
    } catch (SshFailure down) {
      source.disconnect();
      return Optional.empty();
    }
  }
}
