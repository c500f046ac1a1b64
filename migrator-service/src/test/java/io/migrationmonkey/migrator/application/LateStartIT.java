package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteCommandTimedOut;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start whose time is up goes on on the server, on a real Debian one. */
class LateStartIT {

  private static final List<String> UNITS = List.of("first.service", "second.service");

  @Test
  void aStartThatTimedOutStartsNothingAfterTheStopThatFollowsIt(@TempDir Path folder)
      throws Exception {
    try (DebianServer server = DebianServer.started(ServerName.BACKUP, folder);
        RemoteServer remote = server.connect()) {
      server.inside(
          """
          for unit in first second; do
            printf '%s\\n' '[Service]' 'ExecStart=/bin/sleep 600' '[Install]' \
              'WantedBy=multi-user.target' >/etc/systemd/system/$unit.service
          done
          systemctl daemon-reload
          # A server so busy that the start has not come to the services when its time is up.
          printf '%s\\n' '#!/bin/sh' '[ "$1" != reset-failed ] || sleep 5' \
            'exec /usr/bin/systemctl "$@"' >/usr/local/bin/systemctl
          chmod 755 /usr/local/bin/systemctl
          """);
      assertThatExceptionOfType(RemoteCommandTimedOut.class)
          .isThrownBy(() -> remote.run(Services.start(UNITS, 1, Duration.ofSeconds(2))));

      remote.run(Services.stop(UNITS));
      Thread.sleep(8000);

      assertThat(remote.run(new Services.States(UNITS)))
          .allMatch(state -> state.startsWith("inactive") || state.startsWith("failed"))
          .allMatch(state -> state.endsWith("disabled"));
    }
  }
}
