package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.ssh.SshSettings;
import org.springframework.stereotype.Component;

/** One round of copying, with its progress. */
@Component
class DataCopy {

  private final ApplicationSettings application;
  private final SshSettings ssh;
  private final MigrationSettings settings;

  DataCopy(ApplicationSettings application, SshSettings ssh, MigrationSettings settings) {
    this.application = application;
    this.ssh = ssh;
    this.settings = settings;
  }

  PushData.Round round(MigrationRun run) {
    return run.source()
        .run(
            new PushData(
                application.data(),
                ssh.user(),
                run.standby().address(),
                ssh.port(),
                settings.copyTimeout()),
            line -> {
              // rsync's own line: bytes, percent, rate, time left.
              if (line.contains("%")) {
                run.progress("copying " + line.strip().replaceAll(" +", " "));
              }
            });
  }
}
