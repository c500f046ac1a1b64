package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.migrator.packages.PackageSettings.NoLongerServed;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A production server with more than a hundred packages that the standby lacks, of every kind that
 * there is. The tests build on one another.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EverythingMovesIT {

  private static final String PASSWORD = "s3cret-of-the-third-party";

  @TempDir static Path folder;
  private static TwoServers servers;
  private static DebianServer production;
  private static DebianServer backup;

  private final PackageTransfer transfer = servers.transfer(PackageSettings.defaults());
  private final List<String> progress = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() {
    servers = TwoServers.started(folder);
    production = servers.production();
    backup = servers.backup();
    production.put("/root/build", BUILD);
    production.put("/root/prepare", PREPARE.replace("ADDRESS", production.addressAmongServers()));
    production.inside(
        "sh -eu /root/prepare >/root/prepare.log 2>&1 || { cat /root/prepare.log; exit 1; }");
    backup.put("/root/build", BUILD);
    backup.inside(
        "mkdir /srv/debs && cd /srv/debs && sh /root/build monkey-extra 1.0 && dpkg -i *.deb");
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Test
  @Order(1)
  void aDryRunNamesEveryPackageWithItsCaseAndChangesNothing() {
    String before = everythingThere(backup);

    PackagePlan plan = transfer.plan(servers.active(), servers.standby());

    assertThat(plan.wanted()).hasSizeGreaterThan(100);
    List<String> lines = plan.lines();
    assertThat(lines).anyMatch(line -> line.matches("to install \\(\\d{3}\\): .*nginx:amd64=.*"));
    assertThat(lines).anyMatch(line -> line.matches("there already \\(\\d+\\): .*bash:amd64=.*"));
    assertThat(lines)
        .contains(
            "from no repository, to be repacked (1): monkey-handmade:all=1.0",
            "no longer served at that version (1): monkey-outdated:all=1.0",
            "held (1): third-07:all=1.0",
            "of another architecture (1): monkey-foreign:i386=1.0",
            "left out, since they belong to the machine (1): linux-image-6.1.0-monkey:all=1.0",
            "on the standby alone, where they stay (1): monkey-extra:all=1.0",
            "architectures to add (1): i386",
            "repositories on the active server's own disks (1): file:/srv/nowhere in /etc/apt/sources.list.d/local.list");
    assertThat(lines)
        .anySatisfy(line ->
            assertThat(line)
                .startsWith("files to bring along")
                .contains(
                    "/etc/apt/sources.list.d/one.list",
                    "/etc/apt/sources.list.d/two.sources",
                    "/usr/share/keyrings/one.gpg",
                    "/etc/apt/keyrings/two.gpg",
                    "/etc/apt/preferences.d/third",
                    "/etc/apt/auth.conf.d/third.conf",
                    "/etc/nginx/nginx.conf",
                    "/etc/monkey-handmade.conf"));
    assertThat(String.join("\n", lines)).doesNotContain(PASSWORD);
    assertThat(everythingThere(backup)).isEqualTo(before);
  }

  @Test
  @Order(2)
  void aVersionThatIsNoLongerServedBlocksWhereThePolicySaysSo() {
    PackageTransfer strict =
        servers.transfer(new PackageSettings(null, null, NoLongerServed.BLOCK, null));
    PackagePlan plan = strict.plan(servers.active(), servers.standby());
    String before = installed(backup);

    assertThatThrownBy(() -> strict.check(plan, servers.active(), servers.standby(), progress::add))
        .isInstanceOfSatisfying(
            PackagesUnavailable.class,
            e -> assertThat(e.packages()).containsExactly("monkey-outdated:all=1.0"));
    assertThat(installed(backup)).isEqualTo(before);
  }

  @Test
  @Order(3)
  void aRunThatIsKilledWhileUnpackingIsRepairedByTheNextOne() {
    PackagePlan plan = transfer.plan(servers.active(), servers.standby());
    InstallOrder order = transfer.check(plan, servers.active(), servers.standby(), progress::add);
    AtomicBoolean killed = new AtomicBoolean();

    assertThatThrownBy(() ->
            transfer.install(
                order,
                servers.active(),
                servers.standby(),
                line -> {
                  if (line.startsWith("unpacking") && killed.compareAndSet(false, true)) {
                    backup.inside(
                        "sleep 0.5; pkill -KILL -f [m]igration-monkey-packages; pkill -KILL apt-get; pkill -KILL dpkg");
                  }
                }))
        .isInstanceOf(RemoteCommandFailed.class);
    assertThat(killed).isTrue();
    assertThat(installed(backup)).isNotEqualTo(installed(production));

    PackagePlan rest = transfer.plan(servers.active(), servers.standby());
    transfer.install(
        transfer.check(rest, servers.active(), servers.standby(), progress::add),
        servers.active(),
        servers.standby(),
        progress::add);

    assertThat(installed(backup)).isEqualTo(installed(production));
    assertThat(marks(backup)).isEqualTo(marks(production));
    assertThat(backup.inside("dpkg --audit")).isEmpty();
    assertThat(progress)
        .anyMatch(
            line -> line.startsWith("warning: no longer served") && line.contains("outdated"));
  }

  @Test
  @Order(4)
  void allThatGoesWithThePackagesIsThereToo() {
    String files =
        "sha256sum /etc/nginx/nginx.conf /etc/monkey-handmade.conf /opt/monkey/* /usr/share/keyrings/one.gpg"
            + " /etc/apt/keyrings/two.gpg /etc/apt/preferences.d/third /etc/apt/auth.conf.d/third.conf"
            + " /etc/apt/sources.list.d/one.list /etc/apt/sources.list.d/two.sources;"
            + " stat -c '%n %a %U %G %h' /etc/apt/auth.conf.d/third.conf /opt/monkey /opt/monkey/*;"
            + " readlink /opt/monkey/link; cat /var/lib/monkey-asked";
    assertThat(backup.inside(files)).isEqualTo(production.inside(files));
    assertThat(backup.inside("stat -c %a /etc/apt/auth.conf.d/third.conf")).isEqualTo("600\n");
    assertThat(backup.inside("cat /var/lib/monkey-asked"))
        .isEqualTo("two words, and a comma\n" + PASSWORD + "\n");
    assertThat(backup.inside("ls -A /var/cache/migration-monkey")).isEqualTo("packages\n");
    assertThat(production.inside("ls -A /var/cache/migration-monkey")).isEqualTo("packages\n");
    assertThat(backup.inside("dpkg-query -W linux-image-6.1.0-monkey 2>&1 || true"))
        .contains("no packages found");
    assertThat(backup.inside("systemctl is-active nginx || true")).isEqualTo("inactive\n");
    assertThat(backup.inside("ls /etc/apt/sources.list.d")).doesNotContain("local.list");
    assertThat(backup.inside("cat /var/log/migration-monkey-packages.log"))
        .doesNotContain(PASSWORD);
    assertThat(String.join("\n", progress)).doesNotContain(PASSWORD);
  }

  @Test
  @Order(5)
  void aSecondRunChangesNothing() {
    String before = everythingThere(backup);

    PackagePlan plan = transfer.plan(servers.active(), servers.standby());
    int installed =
        transfer.install(
            transfer.check(plan, servers.active(), servers.standby(), progress::add),
            servers.active(),
            servers.standby(),
            progress::add);

    assertThat(installed).isZero();
    assertThat(plan.files().bring()).isEmpty();
    assertThat(plan.files().update()).isEmpty();
    assertThat(plan.files().kept()).isEmpty();
    assertThat(everythingThere(backup)).isEqualTo(before);
  }

  @Test
  @Order(6)
  void whatWasChangedOnTheStandbyStaysAndWhatWasChangedOnlyOnProductionFollows() {
    production.inside("echo '# once more' >>/etc/nginx/nginx.conf");
    production.inside("echo 'mine = 2' >>/etc/monkey-handmade.conf");
    backup.inside("echo 'theirs = 3' >>/etc/monkey-handmade.conf");

    PackagePlan plan = transfer.plan(servers.active(), servers.standby());
    transfer.install(
        transfer.check(plan, servers.active(), servers.standby(), progress::add),
        servers.active(),
        servers.standby(),
        progress::add);

    assertThat(plan.lines())
        .contains(
            "files to update (1): /etc/nginx/nginx.conf (configuration files)",
            "files that were changed on the standby too, and stay (1): /etc/monkey-handmade.conf (configuration files)");
    assertThat(
            backup.inside("tail -n 1 /etc/nginx/nginx.conf; tail -n 1 /etc/monkey-handmade.conf"))
        .isEqualTo("# once more\ntheirs = 3\n");
    assertThat(backup.inside("tail -n 1 /var/backups/migration-monkey/etc/nginx/nginx.conf"))
        .isEqualTo("# changed by hand\n");
  }

  private static String installed(DebianServer server) {
    return server.inside(
        "dpkg-query -W -f '${Package}:${Architecture}=${Version} ${Status}\\n' |"
            + " grep -v -e ^linux-image -e ^monkey-extra");
  }

  private static String marks(DebianServer server) {
    return server.inside(
        "for each in auto manual hold; do echo $each; apt-mark show$each; done |"
            + " grep -v -e ^linux-image -e ^monkey-extra");
  }

  private static String everythingThere(DebianServer server) {
    return server.inside(
        "dpkg-query -W -f '${Package}:${Architecture}=${Version} ${Status}\\n';"
            + " apt-mark showauto; apt-mark showhold; find /etc -type f | sort | xargs -d '\\n' stat -c '%n %a %U %Y %s'");
  }

  /** Makes a package: name, version, architecture. What is in ./NAME goes into it. */
  private static final String BUILD =
      """
      set -eu
      tree=$(mktemp -d)
      chmod 755 "$tree"
      if [ -d "$1" ]; then cp -a "$1/." "$tree"; fi
      mkdir -p "$tree/DEBIAN"
      printf 'Package: %s\\nVersion: %s\\nArchitecture: %s\\nMaintainer: Monkey <monkey@example.org>\\nDescription: for a test\\n' \
        "$1" "$2" "${3:-all}" >"$tree/DEBIAN/control"
      dpkg-deb -Znone -b "$tree" "$1_$2.deb" >/dev/null
      rm -r "$tree"
      """;

  private static final String PREPARE =
      """
      export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
      apt-get install -q -y --no-install-recommends \
        nginx sqlite3 tmux jq tree less file bc gpg gpg-agent lsof psmisc
      echo '# changed by hand' >>/etc/nginx/nginx.conf

      # A third party with two repositories, signed with a key each.
      mkdir -p /srv/third/one /srv/third/two /etc/apt/keyrings
      export GNUPGHOME=/root/gnupg
      mkdir -m 700 "$GNUPGHOME"
      for each in one two; do
        gpg --batch --quiet --passphrase '' --quick-gen-key "$each@example.org" ed25519 sign never
      done
      gpg --export one@example.org >/usr/share/keyrings/one.gpg
      gpg --export two@example.org >/etc/apt/keyrings/two.gpg
      offer() {
        : >Packages
        for deb in *.deb; do
          dpkg-deb -f "$deb" >>Packages
          printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" \
            "$(sha256sum "$deb" | cut -d' ' -f1)" >>Packages
        done
        printf 'Origin: %s\\nDate: %s\\nSHA256:\\n %s %s Packages\\n' "$1" "$(date -Ru)" \
          "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
        rm -f InRelease
        gpg --batch --quiet --local-user "$1@example.org" --clearsign -o InRelease Release
      }
      cd /srv/third/one
      for i in $(seq -w 1 40); do sh /root/build "third-$i" 1.0; done
      sh /root/build monkey-outdated 1.0
      sh /root/build monkey-foreign 1.0 i386
      offer one
      cd /srv/third/two
      for i in $(seq -w 41 80); do sh /root/build "third-$i" 1.0; done
      mkdir -p monkey-asks/DEBIAN
      printf 'Template: monkey-asks/what\\nType: string\\nDescription: what\\n\\nTemplate: monkey-asks/password\\nType: password\\nDescription: password\\n' >monkey-asks/DEBIAN/templates
      printf '#!/bin/sh\\n. /usr/share/debconf/confmodule\\ndb_input high monkey-asks/what || true\\ndb_input high monkey-asks/password || true\\ndb_go || true\\n' >monkey-asks/DEBIAN/config
      printf '#!/bin/sh\\n. /usr/share/debconf/confmodule\\ndb_get monkey-asks/what\\necho "$RET" >/var/lib/monkey-asked\\ndb_get monkey-asks/password\\necho "$RET" >>/var/lib/monkey-asked\\n' >monkey-asks/DEBIAN/postinst
      chmod 755 monkey-asks/DEBIAN/config monkey-asks/DEBIAN/postinst
      sh /root/build monkey-asks 1.0
      offer two
      systemd-run -q python3 -m http.server 8000 --directory /srv/third
      until python3 -c 'import socket; socket.create_connection(("127.0.0.1", 8000))' 2>/dev/null; do sleep 0.1; done
      echo 'deb [signed-by=/usr/share/keyrings/one.gpg] http://ADDRESS:8000/one ./' >/etc/apt/sources.list.d/one.list
      printf 'Types: deb\\nURIs: http://ADDRESS:8000/two\\nSuites: ./\\nSigned-By: /etc/apt/keyrings/two.gpg\\n' >/etc/apt/sources.list.d/two.sources
      printf 'Package: *\\nPin: release o=one\\nPin-Priority: 600\\n' >/etc/apt/preferences.d/third
      umask 077
      echo 'machine example.org login monkey password s3cret-of-the-third-party' >/etc/apt/auth.conf.d/third.conf
      umask 022
      dpkg --add-architecture i386
      apt-get update -qq
      printf 'monkey-asks monkey-asks/what string two words, and a comma\\nmonkey-asks monkey-asks/password password s3cret-of-the-third-party\\n' |
        debconf-set-selections
      apt-get install -q -y $(seq -f 'third-%02.0f' 1 80) monkey-outdated monkey-foreign:i386 monkey-asks
      apt-mark auto third-03 third-55
      apt-mark hold third-07

      # A version that is no longer served.
      cd /srv/third/one
      rm monkey-outdated_1.0.deb
      sh /root/build monkey-outdated 2.0
      offer one
      apt-get update -qq
      echo 'deb [trusted=yes] file:/srv/nowhere ./' >/etc/apt/sources.list.d/local.list

      # Packages from no repository: one of the application's, one of the machine's.
      mkdir -p /srv/debs
      cd /srv/debs
      mkdir -p monkey-handmade/DEBIAN monkey-handmade/opt/monkey monkey-handmade/etc
      echo one >'monkey-handmade/opt/monkey/a name with spaces'
      ln 'monkey-handmade/opt/monkey/a name with spaces' monkey-handmade/opt/monkey/hard
      ln -s /etc/monkey-handmade.conf monkey-handmade/opt/monkey/link
      echo two >monkey-handmade/opt/monkey/setuid
      chmod 4755 monkey-handmade/opt/monkey/setuid
      chown www-data:adm monkey-handmade/opt/monkey/hard
      echo 'mine = 0' >monkey-handmade/etc/monkey-handmade.conf
      echo /etc/monkey-handmade.conf >monkey-handmade/DEBIAN/conffiles
      sh /root/build monkey-handmade 1.0
      sh /root/build linux-image-6.1.0-monkey 1.0
      dpkg -i *.deb
      echo 'mine = 1' >/etc/monkey-handmade.conf
      """;
}
