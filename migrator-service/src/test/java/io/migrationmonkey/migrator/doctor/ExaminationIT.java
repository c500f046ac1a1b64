package io.migrationmonkey.migrator.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Debian server says of itself. */
class ExaminationIT {

  private static final String HOSTILE = "/srv/a b'; touch /srv/harmed; '$(touch /srv/harmed)";

  @TempDir static Path folder;
  private static DebianServer debian;
  private static RemoteServer server;

  @BeforeAll
  static void start() {
    debian = DebianServer.started(ServerName.PRODUCTION, folder);
    server = debian.connect();
  }

  @AfterAll
  static void stop() {
    server.close();
    debian.close();
  }

  @Test
  void itTellsWhatIsThereFromWhatIsMissing() {
    debian.inside("mkdir -p /srv/there && ln -sfn /nowhere /srv/link");
    debian.put(
        "/etc/systemd/system/lost.service", "[Service]\nUser=nobody-here\nExecStart=/bin/true\n");
    debian.inside("systemctl daemon-reload");
    Examination found =
        examine(
            22,
            List.of("ssh.service", "lost.service", "no-such@x.service"),
            List.of("/srv/there", "/srv/link", "/srv/missing", HOSTILE));
    assertThat(found.now())
        .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(30));
    assertThat(found.units().get("ssh.service"))
        .isEqualTo(new Examination.Unit("loaded", "active"));
    assertThat(found.units().get("lost.service"))
        .isEqualTo(new Examination.Unit("loaded", "inactive"));
    assertThat(found.units().get("no-such@x.service").loaded()).isEqualTo("not-found");
    assertThat(found.missingPaths()).containsExactly("/srv/missing", HOSTILE);
    assertThat(found.absentUsers()).containsExactly("nobody-here");
    assertThat(found.halfInstalled()).isEmpty();
    assertThat(found.reachesPeer()).isTrue();
    assertThat(debian.inside("ls /srv")).doesNotContain("harmed");
  }

  @Test
  void aPortWhereNobodyListensIsNotReached() {
    assertThat(examine(9, List.of("ssh.service"), List.of()).reachesPeer()).isFalse();
  }

  @Test
  void aProgramThatIsGoneIsNamed() {
    debian.inside("mv /usr/bin/perl /usr/bin/perl.away");
    try {
      assertThat(examine(22, List.of("ssh.service"), List.of()).missingTools()).contains("perl");
    } finally {
      debian.inside("mv /usr/bin/perl.away /usr/bin/perl");
    }
    assertThat(examine(22, List.of("ssh.service"), List.of()).missingTools())
        .doesNotContain("perl");
  }

  @Test
  void aPackageThatDpkgHasNotFinishedIsNamed() {
    debian.inside("cp /var/lib/dpkg/status /root/status.before");
    try {
      debian.inside(
          "sed -i '/^Package: hostname$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status");
      assertThat(examine(22, List.of("ssh.service"), List.of()).halfInstalled())
          .containsExactly("hostname");
    } finally {
      debian.inside("cp /root/status.before /var/lib/dpkg/status");
    }
  }

  private static Examination examine(int port, List<String> services, List<String> data) {
    Instant begun = Instant.now();
    Examination found = server.run(new Examination.Read("127.0.0.1", port, services, data));
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
    return found;
  }
}
