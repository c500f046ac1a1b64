package io.migrationmonkey.migrator.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.application.Accounts;
import io.migrationmonkey.migrator.application.DataSet;
import io.migrationmonkey.migrator.application.DigestData;
import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.application.PushKeys;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.packages.PackagePlan;
import io.migrationmonkey.migrator.packages.PackageSettings;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import org.testcontainers.containers.Network;

/** Two real servers that let root in nowhere: a login user and sudo do it all. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SudoIT {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String USER = "monkey";

  @TempDir static Path folder;
  private static final Network network = Network.newNetwork();
  private static DebianServer production;
  private static DebianServer backup;
  private static RemoteServer active;
  private static RemoteServer standby;

  @BeforeAll
  static void start() throws Exception {
    production = started(ServerName.PRODUCTION);
    backup = started(ServerName.BACKUP);
    active = production.connect();
    standby = backup.connect();
  }

  private static DebianServer started(ServerName name) throws Exception {
    DebianServer server =
        DebianServer.started(name, Files.createDirectory(folder.resolve(name.toString())), network);
    server.inside(
        "apt-get update -qq && apt-get install -y -qq --no-install-recommends rsync openssh-client");
    server.onlyLetIn(USER);
    return server;
  }

  @AfterAll
  static void stop() {
    active.close();
    standby.close();
    production.close();
    backup.close();
    network.close();
  }

  @Test
  @Order(1)
  void whereThereIsNoSudoTheMessageSaysSo() {
    assertThatThrownBy(() -> active.run(new Run(Invocation.of("true"))))
        .isInstanceOf(ServerUnreachable.class)
        .hasMessageContaining("production lets monkey in, but not use sudo without a password")
        .hasMessageContaining("install sudo there")
        .hasMessageContaining("not found");
  }

  @Test
  @Order(2)
  void whereSudoAsksForAPasswordTheMessageSaysWhatToWrite() {
    for (DebianServer server : List.of(production, backup)) {
      server.inside("apt-get install -y -qq --no-install-recommends sudo");
    }
    production.inside("echo 'monkey ALL=(ALL:ALL) ALL' >/etc/sudoers.d/asks");
    assertThatThrownBy(() -> active.run(new Run(Invocation.of("true"))))
        .isInstanceOf(ServerUnreachable.class)
        .hasMessageContaining("monkey ALL=(ALL:ALL) NOPASSWD: ALL")
        .hasMessageContaining("a password is required");
    production.inside("rm /etc/sudoers.d/asks");
    for (DebianServer server : List.of(production, backup)) {
      server.inside("echo 'monkey ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/migration-monkey");
    }
  }

  @Test
  @Order(3)
  void commandsRunAsRootWithTheirArgumentsInputAndExitCode() {
    String hostile = "'; touch /tmp/pwned `id` \"$(id)\" \\ \n * !! --help é 🐒";
    String much = "0123456789abcdef".repeat(64_000);
    assertThat(active.run(new Run(Invocation.of("id", "-u")))).isEqualTo("0\n");
    assertThat(active.run(new Run(Invocation.of("printf", "%s", hostile)))).isEqualTo(hostile);
    assertThat(active.run(new Run(Invocation.of("cat").withInput(much)))).isEqualTo(much);
    assertThatThrownBy(() -> active.run(new Run(Invocation.script("echo no >&2; exit 7"))))
        .isInstanceOfSatisfying(
            RemoteCommandFailed.class,
            failed -> {
              assertThat(failed.exitCode()).isEqualTo(7);
              assertThat(failed).hasMessageContaining("'echo no >&2; exit 7'");
            });
    assertThat(production.inside("ls /tmp/pwned 2>/dev/null || echo none").strip())
        .isEqualTo("none");
  }

  @Test
  @Order(4)
  void packagesArePlannedAndInstalledAndServicesStartAndStop() {
    production.inside("apt-get install -y -qq --no-install-recommends tree");
    // The packages' files go from server to server, so the one must know the other's address.
    try (RemoteServer near = backup.connectAmongServers()) {
      String key = active.run(new PushKeys.Make());
      active.run(PushKeys.pin(near.address(), 22, near.run(new PushKeys.HostKey())));
      near.run(PushKeys.authorize(USER, key));
      PackageTransfer transfer =
          new PackageTransfer(
              new PackageSettings(null, null, null, null), backup.settingsAmongServers());
      PackagePlan plan = transfer.plan(active, near);
      transfer.install(transfer.check(plan, active, near, line -> {}), active, near, line -> {});
    }
    assertThat(backup.inside("tree --version")).startsWith("tree v");
    production.put(
        "/etc/systemd/system/nap.service",
        "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n");
    List<String> units = List.of("nap.service");
    active.run(Services.start(units, 1, SOON));
    assertThat(active.run(new Services.States(units))).containsExactly("active enabled");
    active.run(Services.stop(units));
    assertThat(active.run(new Services.States(units))).containsExactly("inactive disabled");
  }

  @Test
  @Order(5)
  void theDataGoesFromServerToServerWithOwnersAndModes() {
    production.inside(
        """
        useradd --system --user-group --home-dir /srv/shop shop
        mkdir -p /srv/shop/secret
        echo open >/srv/shop/open
        echo "only root's" >/srv/shop/secret/key
        chown -R shop:shop /srv/shop
        chown root:root /srv/shop/secret/key
        chmod 700 /srv/shop/secret
        chmod 600 /srv/shop/secret/key
        """);
    List<String> paths = List.of("/srv/shop");
    DataSet data = DataSet.of("/srv/shop");
    String key = active.run(new PushKeys.Make());
    active.run(PushKeys.pin("backup", 22, standby.run(new PushKeys.HostKey())));
    standby.run(PushKeys.authorize(USER, key));
    active.run(PushKeys.authorizeNobody(USER));
    standby.run(active.run(new Accounts.Read(paths, List.of())).create());

    active.run(
        new PushData(
            PushData.What.ALL,
            data,
            new PushData.To(USER, "backup", 22),
            Priority.NORMAL,
            DataSize.ofBytes(0),
            SOON));

    DigestData digest = new DigestData(data, SOON);
    assertThat(standby.run(digest)).isEqualTo(active.run(digest));
    assertThat(backup.inside("stat -c '%U %a' /srv/shop/secret/key").strip()).isEqualTo("root 600");
  }

  @Test
  @Order(6)
  void thePushKeyOpensRsyncForWritingAndNothingElse() {
    String ssh =
        "ssh -n -i /etc/migration-monkey/push/id_ed25519 -o IdentitiesOnly=yes -o BatchMode=yes"
            + " -o UserKnownHostsFile=/etc/migration-monkey/push/known_hosts monkey@backup ";
    assertThat(production.inside(ssh + "id 2>&1 || echo refused")).contains("refused");
    assertThat(production.inside(ssh + "'rsync --server --sender . /' 2>&1 || echo refused"))
        .contains("refused");
    // The migrator's own key is still there, and root's door still shut.
    assertThat(standby.run(new Run(Invocation.of("id", "-u")))).isEqualTo("0\n");
    assertThat(backup.inside("grep -c . /home/monkey/.ssh/authorized_keys").strip()).isEqualTo("2");
    assertThat(backup.inside("stat -c '%U %a' /home/monkey/.ssh/authorized_keys").strip())
        .isEqualTo("monkey 600");
    assertThat(backup.inside("ls /root/.ssh/authorized_keys 2>/dev/null || echo none").strip())
        .isEqualTo("none");
    standby.run(PushKeys.authorizeNobody(USER));
    assertThat(backup.inside("grep -c . /home/monkey/.ssh/authorized_keys").strip()).isEqualTo("1");
  }

  @Test
  @Order(7)
  void aCommandThatIsGivenUpDoesNotRunOn() {
    assertThatThrownBy(() ->
            active.run(new Run(Invocation.of("sleep", "4321.5").within(Duration.ofSeconds(1)))))
        .isInstanceOf(RemoteCommandTimedOut.class);
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> production.inside("pgrep -cfx 'sleep 4321.5' || true").strip(), "0"::equals);
  }
}
