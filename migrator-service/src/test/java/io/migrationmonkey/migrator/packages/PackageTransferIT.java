package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.migrationmonkey.migrator.packages.PackageSettings.NoLongerServed;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.Run;
import io.migrationmonkey.migrator.ssh.ServerUnreachable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packages from one real Debian server to another one. The tests build on one another, because a
 * pair of servers with packages on them is dear.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PackageTransferIT {

  @TempDir static Path folder;
  private static TwoServers servers;
  private static DebianServer production;
  private static DebianServer backup;
  private static RemoteServer active;
  private static RemoteServer standby;

  private final PackageTransfer transfer = servers.transfer(PackageSettings.defaults());
  private final List<String> progress = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() {
    servers = TwoServers.started(folder);
    production = servers.production();
    backup = servers.backup();
    active = servers.active();
    standby = servers.standby();
    production.inside(
        "DEBIAN_FRONTEND=noninteractive"
            + " apt-get install -qq -y --no-install-recommends nginx sqlite3 >/dev/null"
            + " && apt-mark auto sqlite3 >/dev/null");
    for (DebianServer server : List.of(production, backup)) {
      server.put("/root/make-deb", MAKE_DEB);
      server.inside("mkdir -p /srv/debs");
    }
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Test
  @Order(1)
  void aVersionThatIsNoLongerServedIsRefusedBeforeAnythingIsInstalledWhereThePolicySaysSo() {
    production.inside(
        "sh /root/make-deb monkey-handmade 1.0 && dpkg -i /srv/debs/monkey-handmade_1.0.deb");
    backup.inside("sh /root/make-deb monkey-handmade 2.0 && sh /root/make-deb --offer");
    String before = everythingInstalled(backup);
    PackageTransfer strict =
        servers.transfer(new PackageSettings(null, null, NoLongerServed.BLOCK, null));

    PackagePlan plan = strict.plan(active, standby);
    PackagesUnavailable refused =
        catchThrowableOfType(
            PackagesUnavailable.class, () -> strict.check(plan, active, standby, progress::add));

    assertThat(refused.packages()).containsExactly("monkey-handmade:all=1.0");
    assertThat(refused)
        .hasMessageContaining("no repository of backup offers monkey-handmade:all=1.0 any more");
    assertThat(everythingInstalled(backup)).isEqualTo(before);
    production.inside("dpkg -P monkey-handmade; rm /srv/debs/*");
    backup.inside("rm /srv/debs/* /etc/apt/sources.list.d/*");
  }

  @Test
  @Order(2)
  void aPackageOfTheStandbyThatWouldHaveToGoIsARefusal() {
    production.inside(
        "sh /root/make-deb monkey-new 1.0 'Conflicts: monkey-old' && dpkg -i /srv/debs/monkey-new_1.0.deb");
    backup.inside(
        "sh /root/make-deb monkey-old 1.0 && dpkg -i /srv/debs/monkey-old_1.0.deb"
            + " && sh /root/make-deb monkey-new 1.0 'Conflicts: monkey-old' && sh /root/make-deb --offer");
    String before = everythingInstalled(backup);

    PackagePlan plan = transfer.plan(active, standby);

    assertThatThrownBy(() -> transfer.check(plan, active, standby, progress::add))
        .isInstanceOfSatisfying(
            PackagesInTheWay.class, e -> assertThat(e.packages()).containsExactly("monkey-old"));
    assertThatThrownBy(() ->
            transfer.install(
                new InstallOrder(plan, plan.wanted(), List.of()), active, standby, progress::add))
        .isInstanceOf(RemoteCommandFailed.class);
    assertThat(everythingInstalled(backup)).isEqualTo(before);
    production.inside("dpkg -P monkey-new");
    backup.inside("dpkg -P monkey-old; apt-get clean");
  }

  @Test
  @Order(3)
  void everyPackageArrivesAtItsVersionWithItsMarkAndNoServiceStarts() {
    backup.inside(
        "printf '#!/bin/sh\\nexit 0\\n# theirs\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d");
    PackagePlan plan = transfer.plan(active, standby);

    InstallOrder order = transfer.check(plan, active, standby, progress::add);
    int installed = transfer.install(order, active, standby, progress::add);

    assertThat(plan.install())
        .extracting(DebianPackage::name)
        .contains("nginx", "nginx-common", "sqlite3");
    assertThat(installed).isEqualTo(plan.wanted().size());
    assertThat(everythingInstalled(backup)).isEqualTo(everythingInstalled(production));
    assertThat(backup.inside("apt-mark showauto"))
        .isEqualTo(production.inside("apt-mark showauto"));
    assertThat(production.inside("systemctl is-active nginx")).isEqualTo("active\n");
    assertThat(backup.inside("systemctl is-active nginx || true")).isEqualTo("inactive\n");
    assertThat(backup.inside("tail -n 1 /usr/sbin/policy-rc.d; ls /usr/sbin/policy-rc.d*"))
        .isEqualTo("# theirs\n/usr/sbin/policy-rc.d\n");
    assertThat(progress)
        .anyMatch(line -> line.matches("downloading \\d+ packages, .*B"))
        .anyMatch(line -> line.matches("setting up \\S+ \\((\\d+)/\\1\\)"));
    backup.inside("rm /usr/sbin/policy-rc.d");
  }

  @Test
  @Order(4)
  void aSecondRunHasNothingToDo() {
    PackagePlan plan = transfer.plan(active, standby);
    InstallOrder order = transfer.check(plan, active, standby, progress::add);

    assertThat(plan.wanted()).isEmpty();
    assertThat(plan.marks().auto()).isEmpty();
    assertThat(plan.marks().manual()).isEmpty();
    assertThat(transfer.install(order, active, standby, progress::add)).isZero();
  }

  @Test
  @Order(5)
  void anInstallationThatWasKilledIsRepairedByTheNextOne() {
    for (DebianServer server : List.of(production, backup)) {
      server.inside(
          "sh /root/make-deb monkey-slow 1.0 '' 'sleep 3' && sh /root/make-deb monkey-quick 1.0 'Depends: monkey-slow' && sh /root/make-deb --offer");
    }
    production.inside("apt-get install -qq -y monkey-quick >/dev/null");
    PackagePlan plan = transfer.plan(active, standby);
    InstallOrder order = transfer.check(plan, active, standby, progress::add);
    AtomicBoolean killed = new AtomicBoolean();

    assertThatThrownBy(() ->
            transfer.install(
                order,
                active,
                standby,
                line -> {
                  if (line.startsWith("setting up") && killed.compareAndSet(false, true)) {
                    backup.inside(
                        "pkill -KILL -f [m]igration-monkey-packages; pkill -KILL apt-get; pkill -KILL dpkg");
                  }
                }))
        .isInstanceOf(RemoteCommandFailed.class);
    assertThat(killed).isTrue();
    assertThat(backup.inside("cat /usr/sbin/policy-rc.d")).contains("Migration Monkey", "exit 101");

    PackagePlan rest = transfer.plan(active, standby);
    transfer.install(
        transfer.check(rest, active, standby, progress::add), active, standby, progress::add);

    assertThat(everythingInstalled(backup)).isEqualTo(everythingInstalled(production));
    assertThat(backup.inside("ls /usr/sbin/policy-rc.d* 2>/dev/null || true")).isEmpty();
    assertThat(backup.inside("dpkg --audit")).isEmpty();
  }

  @Test
  @Order(6)
  void aPackageInWhoseUnpackingDpkgWasKilledIsUnpackedAgain() {
    String killer =
        "if [ -e /root/kill-dpkg ]; then rm /root/kill-dpkg; kill -KILL $PPID; sleep 1; fi";
    for (DebianServer server : List.of(production, backup)) {
      server.inside(
          "sh /root/make-deb monkey-torn 1.0 '' '' '%s' && sh /root/make-deb --offer"
              .formatted(killer));
    }
    production.inside("apt-get install -qq -y monkey-torn >/dev/null");
    backup.inside("touch /root/kill-dpkg");
    PackagePlan plan = transfer.plan(active, standby);
    InstallOrder order = transfer.check(plan, active, standby, progress::add);

    assertThatThrownBy(() -> transfer.install(order, active, standby, progress::add))
        .isInstanceOf(RemoteCommandFailed.class);
    assertThat(backup.inside("dpkg-query -W -f '${Status}' monkey-torn")).contains("reinstreq");

    PackagePlan rest = transfer.plan(active, standby);
    transfer.install(
        transfer.check(rest, active, standby, progress::add), active, standby, progress::add);

    assertThat(everythingInstalled(backup)).isEqualTo(everythingInstalled(production));
    assertThat(backup.inside("dpkg --audit")).isEmpty();
  }

  @Test
  @Order(7)
  void anInstallationGoesOnWhenTheConnectionBreaks() {
    for (DebianServer server : List.of(production, backup)) {
      server.inside("sh /root/make-deb monkey-slow 2.0 '' 'sleep 3' && sh /root/make-deb --offer");
    }
    production.inside("apt-get install -qq -y monkey-slow >/dev/null");
    PackagePlan plan = transfer.plan(active, standby);
    assertThat(plan.change())
        .extracting(DebianPackage::toString)
        .containsExactly("monkey-slow:all=2.0");
    InstallOrder order = transfer.check(plan, active, standby, progress::add);

    assertThatThrownBy(() ->
            transfer.install(
                order,
                active,
                standby,
                line -> {
                  if (line.startsWith("setting up")) {
                    standby.disconnect();
                  }
                }))
        .isInstanceOf(ServerUnreachable.class);

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          assertThat(everythingInstalled(backup)).isEqualTo(everythingInstalled(production));
          assertThat(backup.inside("ls /usr/sbin/policy-rc.d* 2>/dev/null || true")).isEmpty();
        });
  }

  @Test
  @Order(8)
  void anotherPackageToolAtWorkIsWaitedFor() {
    for (DebianServer server : List.of(production, backup)) {
      server.inside("sh /root/make-deb monkey-quick 2.0 && sh /root/make-deb --offer");
    }
    production.inside("apt-get install -qq -y monkey-quick >/dev/null");
    PackagePlan plan = transfer.plan(active, standby);

    hold(backup, "/var/lib/apt/lists/lock");
    InstallOrder order = transfer.check(plan, active, standby, progress::add);
    hold(backup, "/var/lib/dpkg/lock-frontend", "/var/cache/apt/archives/lock");
    int installed = transfer.install(order, active, standby, progress::add);

    assertThat(installed).isEqualTo(1);
    assertThat(everythingInstalled(backup)).isEqualTo(everythingInstalled(production));
  }

  @Test
  @Order(9)
  void aNewerVersionOnTheStandbyStays() {
    backup.inside("sh /root/make-deb monkey-slow 3.0 && dpkg -i /srv/debs/monkey-slow_3.0.deb");

    PackagePlan plan = transfer.plan(active, standby);

    assertThat(plan.newer())
        .extracting(DebianPackage::toString)
        .containsExactly("monkey-slow:all=3.0");
    assertThat(plan.wanted()).isEmpty();
  }

  @Test
  @Order(10)
  void versionsCompareAsDpkgComparesThem() {
    List<String> versions =
        List.of(
            "1.0",
            "1.00",
            "0:1.0",
            "1:0.1",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1~bpo12+1",
            "1.0~rc1",
            "1.0~~",
            "1.0+dfsg",
            "1.0a",
            "1.0.1",
            "1.10",
            "1.9",
            "2.0",
            "1.22.1-9+deb12u9",
            "1.22.1-9+deb12u10",
            "3.0.20-1~deb12u2",
            "3.0.20-1",
            "20240203",
            "1.2-3-4",
            "1.2-3.4",
            "0009",
            "9",
            "1.0z",
            "1.0-z");
    StringBuilder pairs = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (String a : versions) {
      for (String b : versions) {
        pairs.append(a).append(' ').append(b).append('\n');
        int order = Integer.signum(DebianVersion.compare(a, b));
        expected.add("%s %s %d".formatted(a, b, order));
      }
    }
    String script =
        "while read -r a b; do if dpkg --compare-versions \"$a\" lt \"$b\"; then o=-1;"
            + " elif dpkg --compare-versions \"$a\" gt \"$b\"; then o=1; else o=0; fi;"
            + " echo \"$a $b $o\"; done";

    String answer =
        active.run(
            new Run(
                Invocation.script(script)
                    .withInput(pairs.toString())
                    .within(Duration.ofMinutes(2))));

    assertThat(answer.lines().toList()).isEqualTo(expected);
  }

  /** Takes locks for three seconds, the way apt does. */
  private static void hold(DebianServer server, String... locks) {
    server.put(
        "/root/hold",
        """
        import fcntl, sys, time
        files = [open(name, "w") for name in sys.argv[1:]]
        for file in files:
            fcntl.lockf(file, fcntl.LOCK_EX)
        open("/run/held", "w").close()
        time.sleep(3)
        """);
    server.inside(
        "rm -f /run/held; systemd-run -q python3 /root/hold "
            + String.join(" ", locks)
            + "; until [ -e /run/held ]; do sleep 0.1; done");
  }

  private static String everythingInstalled(DebianServer server) {
    return server.inside("dpkg-query -W -f '${Package}:${Architecture}=${Version} ${Status}\\n'");
  }

  /**
   * Makes a package: name, version, a control field, a line for its postinst and one for its
   * preinst. With --offer it makes /srv/debs a repository. Debian's own tools for that would be
   * dozens of packages more.
   */
  private static final String MAKE_DEB =
      """
      set -eu
      cd /srv/debs
      if [ "$1" = --offer ]; then
        : >Packages
        for deb in *.deb; do
          dpkg-deb -f "$deb" >>Packages
          printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" \
            "$(sha256sum "$deb" | cut -d' ' -f1)" >>Packages
        done
        echo 'deb [trusted=yes] file:/srv/debs ./' >/etc/apt/sources.list.d/debs.list
        apt-get update -qq
        exit
      fi
      build=$(mktemp -d)
      chmod 755 "$build"
      mkdir "$build/DEBIAN"
      {
        printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\n' "$1" "$2"
        printf 'Maintainer: Monkey <monkey@example.org>\\nDescription: for a test\\n'
        if [ -n "${3:-}" ]; then echo "$3"; fi
      } >"$build/DEBIAN/control"
      printf '#!/bin/sh\\n%s\\n' "${4:-}" >"$build/DEBIAN/postinst"
      printf '#!/bin/sh\\n%s\\n' "${5:-}" >"$build/DEBIAN/preinst"
      chmod 755 "$build/DEBIAN/postinst" "$build/DEBIAN/preinst"
      dpkg-deb -b "$build" "$1_$2.deb" >/dev/null
      rm -r "$build"
      """;
}
