package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much memory an application uses, on a real Debian server. */
class MeasureMemoryIT {

  private static final long MB = 1 << 20;

  @Test
  void itIsWhatItsProcessesHoldAndNotWhatTheyHaveRead(@TempDir Path folder) throws Exception {
    try (DebianServer server = DebianServer.started(ServerName.PRODUCTION, folder);
        RemoteServer remote = server.connect()) {
      // Its child holds 100 MB, and 200 MB of a file are in the page cache on its account.
      server.inside(
          """
          dd if=/dev/zero of=/var/tmp/read bs=1M count=200 status=none
          systemd-run --quiet --unit=hog sh -c \
            'cat /var/tmp/read >/dev/null; perl -e "my \\$x = chr(1) x 104857600; sleep 600"; true'
          until [ "$(ps -C perl -o rss= | sort -n | tail -n 1)" -gt 100000 ]; do sleep 0.1; done
          """);

      long used = remote.run(new MeasureMemory(List.of("hog.service", "no-such-unit.service")));

      assertThat(used).isBetween(95 * MB, 260 * MB);
      assertThat(remote.run(new MeasureMemory(List.of("no-such-unit.service")))).isZero();
    }
  }
}
