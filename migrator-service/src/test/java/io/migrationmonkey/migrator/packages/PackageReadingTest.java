package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageReadingTest {

  @Test
  void installedPackagesAreReadWithTheirMarks() {
    InstalledPackages read = new ReadInstalledPackages().parse(Captured.stdout("installed.txt"));

    assertThat(read.packages())
        .hasSize(109)
        .contains(
            new DebianPackage("adduser", "all", "3.134"),
            new DebianPackage("zlib1g", "i386", "1:1.2.13.dfsg-1"),
            new DebianPackage("zlib1g", "amd64", "1:1.2.13.dfsg-1"));
    assertThat(read.auto())
        .contains("libbpf1:amd64", "nginx-common:all", "libc6:i386")
        .doesNotContain("libc6:amd64", "zlib1g:i386", "nginx:amd64");
  }

  @Test
  void whatIsOnlyHalfInstalledIsNotInstalled() {
    String text =
        """
        amd64
        debian 12
        foreign i386
        whole\tamd64\t1.0\tinstalled\tinstall
        waiting\tamd64\t1.0\ttriggers-pending\thold
        gone\tamd64\t1.0\tconfig-files\tdeinstall
        half\tamd64\t1.0\thalf-configured\tinstall
        open\tamd64\t1.0\tunpacked\tinstall

        """;

    InstalledPackages read = new ReadInstalledPackages().parse(new Output(0, text, ""));

    assertThat(read.packages()).extracting(DebianPackage::name).containsExactly("whole", "waiting");
    assertThat(read.held()).containsExactly("waiting:amd64");
    assertThat(read.foreign()).containsExactly("i386");
    assertThat(read.release()).isEqualTo("debian 12");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "amd64\n",
        "amd64\ndebian 12\nforeign\nnginx\tamd64\t1.0\tinstalled\n\n",
        "amd64\ndebian 12\nforeign\n-oAPT::x=y\tamd64\t1.0\tinstalled\tinstall\n\n",
        "amd64\ndebian 12\nforeign\nnginx\tamd64\t1.0 --force-all\tinstalled\tinstall\n\n",
        "amd64\ndebian 12\nforeign\n$(id)\tamd64\t1.0\tinstalled\tinstall\n\n",
        "amd64\ndebian 12\nforeign\nnginx\tam/d64\t1.0\tinstalled\tinstall\n\n",
        "amd64\ndebian 12\nforeign --force-all\nnginx\tamd64\t1.0\tinstalled\tinstall\n\n",
        "$(id)\ndebian 12\nforeign\nnginx\tamd64\t1.0\tinstalled\tinstall\n\n",
        "amd64\n`id`\nforeign\nnginx\tamd64\t1.0\tinstalled\tinstall\n\n"
      })
  void whatIsNoListOfPackagesIsRefused(String text) {
    assertThatThrownBy(() -> new ReadInstalledPackages().parse(new Output(0, text, "")))
        .isInstanceOf(MalformedOutput.class);
  }

  @Test
  void aSimulationNamesWhatItWouldInstall() {
    SimulateInstall.Outcome outcome =
        simulation().parse(Captured.stdout("simulate-install.stdout"));

    assertThat(outcome.installed()).hasSize(12).contains("exim4-daemon-light", "cron");
    assertThat(outcome.removed()).isEmpty();
  }

  @Test
  void aSimulationNamesWhatItWouldRemove() {
    SimulateInstall.Outcome outcome = simulation().parse(Captured.stdout("simulate-remove.stdout"));

    assertThat(outcome.installed()).isEmpty();
    assertThat(outcome.removed()).containsExactly("nginx", "nginx-common");
  }

  @Test
  void aFailedSimulationNamesEveryPackageThatIsNotOffered() {
    SimulateInstall simulation =
        simulation(
            new DebianPackage("nginx", "amd64", "9.9"),
            new DebianPackage("nginx-common", "all", "9.9"),
            new DebianPackage("sqlite3", "amd64", "1.0"),
            new DebianPackage("nosuch", "amd64", "1"),
            new DebianPackage("alsonot", "all", "2"));

    assertThat(simulation.unavailable(Captured.text("simulate-unavailable.stderr")))
        .containsExactly("nginx:amd64=9.9", "sqlite3:amd64=1.0", "nosuch:amd64=1", "alsonot:all=2");
    assertThat(simulation.unavailable("E: Unmet dependencies.")).isEmpty();
  }

  @Test
  void whatAptComplainsAboutIsKept() {
    Output output =
        new Output(0, Captured.text("update-failed.stdout"), Captured.text("update-failed.stderr"));

    assertThat(new RefreshPackageLists().parse(output))
        .hasSize(2)
        .first()
        .asString()
        .contains("Could not resolve 'nowhere.invalid'");
  }

  private static SimulateInstall simulation(DebianPackage... packages) {
    PackagePlan plan =
        PackagePlan.between(
            new InstalledPackages(
                "debian 12", "amd64", Set.of(), List.of(packages), Set.of(), Set.of()),
            new InstalledPackages("debian 12", "amd64", Set.of(), List.of(), Set.of(), Set.of()),
            new Offers("amd64", Map.of()),
            FilePlan.NOTHING,
            PackageSettings.defaults());
    return new SimulateInstall(new InstallOrder(plan, List.of(packages), List.of()));
  }
}
