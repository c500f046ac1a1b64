package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.migrator.packages.PackageSettings.DifferingFiles;
import io.migrationmonkey.migrator.packages.PortableFile.Kind;
import io.migrationmonkey.migrator.ssh.Output;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FilePlanTest {

  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final PortableFile CHANGED =
      new PortableFile(Kind.CONFFILE, "nginx-common", "/etc/nginx/nginx.conf", ONE, true);
  private static final PortableFile AS_SHIPPED =
      new PortableFile(Kind.CONFFILE, "adduser", "/etc/adduser.conf", ONE, false);
  private static final PortableFile SOURCES =
      new PortableFile(Kind.SOURCES, "", "/etc/apt/sources.list.d/x.list", ONE, true);

  @Test
  void aFileThatTheStandbyLacksIsBrought() {
    FilePlan plan = plan(SOURCES, nothing());

    assertThat(plan.bring()).containsExactly(SOURCES);
    assertThat(plan.beforeTheInstallation()).containsExactly(SOURCES);
    assertThat(plan.agreed()).containsExactly(SOURCES);
  }

  @Test
  void aConfigurationFileComesOnceItsPackageIsThere() {
    FilePlan plan = plan(CHANGED, nothing());

    assertThat(plan.beforeTheInstallation()).isEmpty();
    assertThat(plan.afterTheInstallation()).containsExactly(CHANGED);
  }

  @Test
  void aFileThatSomebodyChangedOnTheStandbyStays() {
    StandbyFiles theirs = new StandbyFiles(Map.of(SOURCES.path(), TWO), Set.of(), Map.of());

    assertThat(plan(SOURCES, theirs).kept()).containsExactly(SOURCES);
    assertThat(plan(SOURCES, theirs).agreed()).isEmpty();
    assertThat(
            FilePlan.between(
                    new ActiveFiles(List.of(SOURCES), List.of()),
                    theirs,
                    new PackageSettings(null, null, null, DifferingFiles.REPLACE))
                .update())
        .containsExactly(SOURCES);
  }

  @Test
  void aFileThatIsStillAsItsPackageBroughtItGivesWay() {
    StandbyFiles original =
        new StandbyFiles(Map.of(CHANGED.path(), TWO), Set.of(CHANGED.path()), Map.of());

    assertThat(plan(CHANGED, original).update()).containsExactly(CHANGED);
  }

  @Test
  void aFileThatIsStillAsAgreedUponGivesWay() {
    StandbyFiles agreed =
        new StandbyFiles(Map.of(SOURCES.path(), TWO), Set.of(), Map.of(SOURCES.path(), TWO));

    assertThat(plan(SOURCES, agreed).update()).containsExactly(SOURCES);
  }

  @Test
  void aChangeThatWasTakenBackIsTakenBackThereToo() {
    StandbyFiles agreed =
        new StandbyFiles(Map.of(AS_SHIPPED.path(), TWO), Set.of(), Map.of(AS_SHIPPED.path(), TWO));

    assertThat(plan(AS_SHIPPED, agreed).update()).containsExactly(AS_SHIPPED);
  }

  @Test
  void whatNobodyChangedIsLeftToThePackages() {
    StandbyFiles other = new StandbyFiles(Map.of(AS_SHIPPED.path(), TWO), Set.of(), Map.of());

    assertThat(plan(AS_SHIPPED, other))
        .isEqualTo(FilePlan.between(new ActiveFiles(List.of(), List.of()), other, settings()));
  }

  @Test
  void whatBelongsToTheMachineStaysThere() {
    PortableFile host = new PortableFile(Kind.CONFFILE, "x", "/etc/network/interfaces", ONE, true);
    PortableFile grub = new PortableFile(Kind.CONFFILE, "grub-common", "/etc/any", ONE, true);

    assertThat(plan(host, nothing()).left()).containsExactly(host);
    assertThat(plan(grub, nothing()).left()).containsExactly(grub);
  }

  @Test
  void repositoriesOnTheServersOwnDisksAreNamedAndStay() {
    ActiveFiles read =
        new ReadActiveFiles()
            .parse(
                new Output(
                    0,
                    """
                    #files
                    %1$s  /etc/apt/sources.list
                    %1$s  /etc/apt/sources.list.d/a.sources
                    %1$s  /etc/apt/sources.list.d/local.list
                    #sources
                    /etc/apt/sources.list:# deb cdrom:[Debian 12]/ bookworm main
                    /etc/apt/sources.list:deb http://deb.debian.org/debian bookworm main
                    /etc/apt/sources.list:deb cdrom:[Debian GNU/Linux 12]/ bookworm main
                    /etc/apt/sources.list.d/a.sources:Types: deb
                    /etc/apt/sources.list.d/a.sources:URIs: https://example.org/a
                    /etc/apt/sources.list.d/a.sources: file:/srv/a
                    /etc/apt/sources.list.d/a.sources:Suites: ./
                    /etc/apt/sources.list.d/local.list:deb [trusted=yes] file:/srv/local ./
                    #conffiles
                    #md5
                    #sha256
                    """
                        .formatted(ONE),
                    ""));

    assertThat(read.files())
        .extracting(PortableFile::path)
        .containsExactly("/etc/apt/sources.list", "/etc/apt/sources.list.d/a.sources");
    assertThat(read.localSources())
        .containsExactly(
            "cdrom:[Debian GNU/Linux 12] in /etc/apt/sources.list",
            "file:/srv/a in /etc/apt/sources.list.d/a.sources",
            "file:/srv/local in /etc/apt/sources.list.d/local.list");
  }

  @Test
  void aDisabledParagraphIsNoRepository() {
    SourceList list =
        SourceList.read(
            "/etc/apt/sources.list.d/x.sources",
            List.of("Enabled: no", "URIs: file:/srv/x", "", "Types: deb", "URIs: http://x.org/"));

    assertThat(list).isEqualTo(new SourceList(List.of(), true));
  }

  private static FilePlan plan(PortableFile active, StandbyFiles standby) {
    return FilePlan.between(new ActiveFiles(List.of(active), List.of()), standby, settings());
  }

  private static PackageSettings settings() {
    return PackageSettings.defaults();
  }

  private static StandbyFiles nothing() {
    return new StandbyFiles(Map.of(), Set.of(), Map.of());
  }
}
