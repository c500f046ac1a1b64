package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.Run;
import io.migrationmonkey.migrator.ssh.SshFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The old active server has booted anew; its boot id proves it. */
@Component
class RebootSource implements MigrationStep {

  /** A server that still answers from its old boot after this has not heard the order. */
  private static final Duration ORDER_AGAIN = Duration.ofSeconds(45);

  private final Waiting waiting;
  private final MigrationSettings settings;
  private final Clock clock;

  RebootSource(Waiting waiting, MigrationSettings settings, Clock clock) {
    this.waiting = waiting;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public Step step() {
    return Step.REBOOT_SOURCE;
  }

  @Override
  public StepReport run(MigrationRun run) {
    Reboot reboot = new Reboot(run.source(), run.fact(Fact.BOOT_ID_BEFORE));
    String after =
        waiting
            .until(settings.rebootTimeout(), Duration.ofMillis(500), reboot::look)
            .orElseThrow(() ->
                new StepFailed(
                    "%s is not back after %d s: traffic flows to %s, look at its console. Once it can be reached, its application is stopped and it is readmitted"
                        .formatted(
                            run.source().name(),
                            settings.rebootTimeout().toSeconds(),
                            run.standby().name())));
    return new StepReport(
        "%s has booted anew".formatted(run.source().name()), Map.of(Fact.BOOT_ID_AFTER, after));
  }

  private final class Reboot {

    private final RemoteServer source;
    private final String before;
    private Instant ordered = Instant.MIN;

    Reboot(RemoteServer source, String before) {
      this.source = source;
      this.before = before;
    }

    /** The new boot id, once there is one. */
    Optional<String> look() {
      try {
        String now = source.run(new ServerFacts.Read()).bootId();
        if (!now.equals(before)) {
          return Optional.of(now);
        }
        if (ordered.isBefore(clock.instant().minus(ORDER_AGAIN))) {
          ordered = clock.instant();
          // A server that goes down cuts the line before it answers; the boot id tells.
          source.run(new Run(Invocation.of("systemctl", "reboot")));
          source.disconnect();
        }
      } catch (SshFailure down) {
        source.disconnect();
      }
      return Optional.empty();
    }
  }
}
