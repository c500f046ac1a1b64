package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that handle the application, on two real Debian servers. */
class ApplicationCommandsIT {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String HOSTILE = "/srv/it's a \"$(reboot)\" `place`";

  @TempDir static Path folder;
  private static DebianServer production;
  private static DebianServer backup;
  private static RemoteServer active;
  private static RemoteServer standby;

  @BeforeAll
  static void start() throws Exception {
    production =
        DebianServer.started(
            ServerName.PRODUCTION, Files.createDirectory(folder.resolve("production")));
    backup =
        DebianServer.started(ServerName.BACKUP, Files.createDirectory(folder.resolve("backup")));
    active = production.connect();
    standby = backup.connect();
  }

  @AfterAll
  static void stop() {
    active.close();
    standby.close();
    production.close();
    backup.close();
  }

  @Test
  void theOwnersOfTheDataAreCreatedWithTheSameIdsAndOnlyOnce() {
    production.inside(
        """
        groupadd --gid 7001 readers
        useradd --uid 7002 --system --user-group --home-dir /srv/book --comment 'A book' book
        mkdir -p /srv/book
        touch /srv/book/page
        chown book:readers /srv/book/page
        """);
    Accounts accounts = active.run(new Accounts.Read(List.of("/srv/book"), List.of()));
    assertThat(accounts.users()).anyMatch(line -> line.startsWith("book:x:7002:"));
    assertThat(accounts.groups()).anyMatch(line -> line.startsWith("readers:x:7001:"));

    standby.run(accounts.create());
    standby.run(accounts.create());

    assertThat(backup.inside("getent passwd book"))
        .isEqualTo(production.inside("getent passwd book"));
    assertThat(backup.inside("getent group readers book"))
        .isEqualTo(production.inside("getent group readers book"));
  }

  @Test
  void anIdThatBelongsToSomebodyElseIsFoundBeforeAnyoneIsCreated() {
    backup.inside("useradd --uid 7102 stranger");
    Accounts accounts =
        new Accounts(
            List.of("clerk:x:7102:7101::/srv/clerk:/usr/sbin/nologin"),
            List.of("clerk:x:7101:"),
            List.of(),
            List.of());
    assertThatExceptionOfType(RemoteCommandFailed.class)
        .isThrownBy(() -> standby.run(accounts.create()))
        .withMessageContaining("belongs to stranger");
    assertThat(backup.inside("getent group clerk || echo none").strip()).isEqualTo("none");
  }

  @Test
  void aPathThatDoesNotExistIsNamed() {
    assertThatExceptionOfType(RemoteCommandFailed.class)
        .isThrownBy(() -> active.run(new Accounts.Read(List.of("/srv/nowhere"), List.of())))
        .withMessageContaining("/srv/nowhere");
    assertThatExceptionOfType(RemoteCommandFailed.class)
        .isThrownBy(() -> active.run(new MeasureData(DataSet.of("/srv/nowhere"))));
    assertThatExceptionOfType(RemoteCommandFailed.class)
        .isThrownBy(() -> active.run(new DigestData(DataSet.of("/srv/nowhere"), SOON)));
  }

  @Test
  void aPathFullOfShellIsAPathAndNothingElse() {
    production.put("/root/make-hostile", "mkdir -p \"$1\"; echo x >\"$1/file\"");
    active.run(
        new io.migrationmonkey.migrator.ssh.Run(
            io.migrationmonkey.migrator.ssh.Invocation.of("sh", "/root/make-hostile", HOSTILE)));
    List<String> paths = List.of(HOSTILE);
    DataSet data = DataSet.of(HOSTILE);
    assertThat(active.run(new MeasureData(data)).bytes()).isPositive();
    assertThat(active.run(new Accounts.Read(paths, List.of())).users())
        .anyMatch(line -> line.startsWith("root:"));
  }

  @Test
  void aPushKeyComesAndGoesAndLeavesOtherKeysAlone() {
    String before = backup.inside("cat /root/.ssh/authorized_keys");
    String key = active.run(new PushKeys.Make());
    assertThat(active.run(new PushKeys.Make())).isEqualTo(key);

    standby.run(PushKeys.authorize("root", key));
    standby.run(PushKeys.authorize("root", key));

    assertThat(backup.inside("grep -c rrsync /root/.ssh/authorized_keys").strip()).isEqualTo("1");
    assertThat(backup.inside("stat -c %a /root/.ssh/authorized_keys").strip()).isEqualTo("600");
    standby.run(PushKeys.authorizeNobody("root"));
    assertThat(backup.inside("cat /root/.ssh/authorized_keys")).isEqualTo(before);
  }

  @Test
  void whoHasStolenThePushKeyGetsNoShellReadsNothingAndForwardsNothing() {
    for (DebianServer server : List.of(production, backup)) {
      server.inside(
          "apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y"
              + " --no-install-recommends rsync python3-minimal >/dev/null");
    }
    standby.run(PushKeys.authorize("root", active.run(new PushKeys.Make())));
    backup.inside("rm -f /tmp/stolen; echo classified > /root/secret");
    String there = "root@" + backup.inside("hostname -I").strip().split(" ")[0];
    String ssh =
        "ssh -i %s -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
            .formatted(PushKeys.KEY);
    for (String attempt :
        List.of(
            ssh + " -n %s touch /tmp/stolen",
            ssh + " -n -tt %s",
            ssh + " -n %s 'sh -c \"touch /tmp/stolen\"'",
            ssh + " -n %s 'rsync --server --sender -logDtpre.iLsfxCIvu . /root/secret'",
            ssh + " -n %s 'rsync --server -logDtpre.iLsfxCIvu . /; touch /tmp/stolen'",
            ssh + " -W 127.0.0.1:22 %s </dev/null",
            "scp" + ssh.substring(3) + " %s:/root/secret /tmp/loot",
            "sftp" + ssh.substring(3) + " %s </dev/null",
            "rsync -e '" + ssh + "' %s:/root/secret /tmp/loot")) {
      assertThat(
              production.inside(
                  "timeout 20 " + attempt.formatted(there) + " 2>&1 && echo rc=0 || echo refused"))
          .as(attempt)
          .doesNotContain("classified")
          .doesNotContain("SSH-2.0")
          .doesNotContain("rc=0");
    }
    assertThat(backup.inside("ls /tmp/stolen 2>/dev/null || echo none").strip()).isEqualTo("none");
    // What it is for still goes.
    production.inside(
        "echo pushed > /tmp/pushed; rsync -e '%s' /tmp/pushed %s:/tmp/pushed"
            .formatted(ssh, there));
    assertThat(backup.inside("cat /tmp/pushed").strip()).isEqualTo("pushed");
    standby.run(PushKeys.authorizeNobody("root"));
  }

  @Test
  void servicesStartInOrderAndStopForGood() {
    for (String unit : List.of("first", "second")) {
      production.put(
          "/etc/systemd/system/%s.service".formatted(unit),
          """
          [Service]
          ExecStart=/bin/sleep infinity
          [Install]
          WantedBy=multi-user.target
          """);
    }
    List<String> units = List.of("first.service", "second.service");
    active.run(Services.start(units, 1, SOON));
    assertThat(active.run(new Services.States(units)))
        .containsExactly("active enabled", "active enabled");
    active.run(Services.stop(units));
    assertThat(active.run(new Services.States(units)))
        .containsExactly("inactive disabled", "inactive disabled");
    standby.run(Services.stop(units));
    assertThat(standby.run(new Services.States(units))).allMatch(s -> s.startsWith("inactive"));
  }

  @Test
  void aUnitFileThatChangedAndAServiceWithAnInitScriptAloneStartAsTheyAre() {
    String unit =
        """
        [Service]
        ExecStart=/bin/sleep %d
        [Install]
        WantedBy=multi-user.target
        """;
    production.put("/etc/systemd/system/third.service", unit.formatted(3000));
    production.put(
        "/etc/init.d/old",
        """
        #!/bin/sh
        ### BEGIN INIT INFO
        # Provides: old
        # Required-Start:
        # Required-Stop:
        # Default-Start: 2 3 4 5
        # Default-Stop: 0 1 6
        ### END INIT INFO
        exit 0
        """);
    production.inside("chmod 755 /etc/init.d/old");
    List<String> units = List.of("third.service", "old.service");
    active.run(Services.start(units, 1, SOON));
    assertThat(active.run(new Services.States(units)))
        .containsExactly("active enabled", "active enabled");
    active.run(Services.stop(units));
    assertThat(active.run(new Services.States(units)))
        .containsExactly("inactive disabled", "inactive disabled");

    production.put("/etc/systemd/system/third.service", unit.formatted(4000));
    active.run(Services.start(units, 1, SOON));
    assertThat(production.inside("systemctl show --property=ExecStart third.service"))
        .contains("/bin/sleep 4000");
  }

  @Test
  void theFactsOfAServerAreReadWithAllOfThem() {
    ServerFacts facts = active.run(new ServerFacts.Read());
    assertThat(facts.release()).isEqualTo("debian 12");
    assertThat(facts.architecture())
        .isEqualTo(production.inside("dpkg --print-architecture").strip());
    assertThat(facts.bootId())
        .isEqualTo(production.inside("cat /proc/sys/kernel/random/boot_id").strip())
        .isNotEqualTo(standby.run(new ServerFacts.Read()).bootId());
    assertThat(facts.freeBytes()).isPositive();
    assertThat(facts.rsync()).isFalse();
  }
}
