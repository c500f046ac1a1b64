package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** One round of copying, with its progress. */
@Component
class DataCopy {

  private final ApplicationSettings application;
  private final SshSettings ssh;

  DataCopy(ApplicationSettings application, SshSettings ssh) {
    this.application = application;
    this.ssh = ssh;
  }

  PushData.Round round(MigrationRun run, Duration atMost) {
    return run.source()
        .run(
            new PushData(
                application.data(),
                ssh.user(),
                run.standby().address(),
                ssh.port(),
                run.priority(),
                atMost),
            line -> {
              // rsync's own line: bytes, percent, rate, time left.
              if (line.contains("%")) {
                run.progress("copying " + line.strip().replaceAll(" +", " "));
              }
            });
  }
}
