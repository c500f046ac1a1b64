package io.migrationmonkey.migrator.doctor;

import static io.migrationmonkey.contract.ServerName.BACKUP;
import static io.migrationmonkey.contract.ServerName.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.doctor.Finding.Level;
import io.migrationmonkey.migrator.parity.ServerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DoctorRulesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");
  private static final Examination.Unit RUNS = new Examination.Unit("loaded", "active");
  private static final Examination.Unit STOPPED = new Examination.Unit("loaded", "inactive");
  private static final ServerFacts DEBIAN = facts("debian 12", 1L << 40);
  private static final Examination.Unit UNKNOWN = new Examination.Unit("not-found", "inactive");

  @Test
  void twoServersThatLackNothingAreWell() {
    assertThat(active(well(RUNS))).allMatch(finding -> finding.level() == Level.OK);
    assertThat(standby(well(UNKNOWN))).allMatch(finding -> finding.level() == Level.OK);
    assertThat(DoctorRules.pair(Map.of(PRODUCTION, DEBIAN, BACKUP, DEBIAN)))
        .singleElement()
        .isEqualTo(Finding.ok("both servers", "are debian 12 amd64"));
  }

  @Test
  void everyProblemSaysWhatToDo() {
    Examination nothing =
        new Examination(
            NOW,
            Set.of("rsync", "rrsync", "perl"),
            false,
            false,
            List.of("nginx"),
            Map.of("shop.service", UNKNOWN),
            List.of("/var/lib/shop"),
            List.of("shop"));
    List<Finding> findings =
        DoctorRules.server(
            application(List.of("/var/lib/shop")),
            seen(PRODUCTION, ServerReport.Role.ACTIVE, null, "connection refused", true),
            facts("debian 12", 1 << 20),
            nothing,
            Duration.ofSeconds(-90));
    assertThat(findings.stream().filter(finding -> finding.level() != Level.OK))
        .allSatisfy(finding -> assertThat(finding.remedy()).isNotBlank())
        .extracting(Finding::what)
        .containsExactly(
            "lacks perl, rrsync, rsync",
            "has packages that dpkg has not finished: nginx",
            "has only 1 MB free under /var",
            "does not reach the sshd of backup, and data goes straight from one to the other",
            "has no boot guard: after a reboot it would start the application even as the standby",
            "has no monitor that reports, so nobody sees when its memory runs out, and as the standby it is refused",
            "has a clock that is 90 s behind the migrator's",
            "asks for a reboot (/run/reboot-required)",
            "knows no shop.service",
            "does not know the user shop, which a unit of the application names",
            "has no /var/lib/shop, which is to move",
            "connection refused");
    assertThat(findings).anyMatch(finding -> "apt-get install perl rsync".equals(finding.remedy()));
  }

  @Test
  void anActiveServerWhoseServiceIsDownIsAProblem() {
    assertThat(active(well(STOPPED)))
        .contains(
            Finding.problem(
                PRODUCTION,
                "does not run shop.service: it is inactive",
                "systemctl status shop.service there"));
  }

  @Test
  void aStandbyThatRunsTheApplicationIsAProblemOnlyWhereDataWouldSuffer() {
    assertThat(standby(well(RUNS)))
        .contains(
            Finding.problem(
                BACKUP,
                "runs shop.service though it is the standby, and copying under it would harm its data",
                "systemctl disable --now shop.service there"));
    assertThat(
            DoctorRules.server(
                application(List.of()),
                seen(BACKUP, ServerReport.Role.STANDBY),
                DEBIAN,
                well(RUNS),
                Duration.ZERO))
        .allMatch(finding -> finding.level() == Level.OK);
  }

  @Test
  void whileNobodyKnowsWhichOneIsActiveNeitherIsBlamedForItsServices() {
    assertThat(
            DoctorRules.server(
                application(List.of("/srv/shop")),
                seen(BACKUP, null),
                DEBIAN,
                well(RUNS),
                Duration.ZERO))
        .allMatch(finding -> finding.level() == Level.OK);
  }

  @Test
  void anotherReleaseIsAProblemAndAServerThatIsAwayIsNotCompared() {
    assertThat(DoctorRules.pair(Map.of(PRODUCTION, DEBIAN, BACKUP, facts("debian 13", 1L << 40))))
        .singleElement()
        .extracting(Finding::what)
        .isEqualTo("the releases differ: debian 12 and debian 13 (production and backup)");
    assertThat(DoctorRules.pair(Map.of(PRODUCTION, DEBIAN))).isEmpty();
  }

  @Test
  void aProxyThatSendsTrafficElsewhereIsAProblemAndSoIsNone() {
    assertThat(DoctorRules.traffic(BACKUP, List.of(proxy(BACKUP))))
        .containsExactly(Finding.ok("traffic", "front sends it to backup"));
    assertThat(DoctorRules.traffic(BACKUP, List.of(proxy(PRODUCTION))))
        .singleElement()
        .matches(finding -> finding.level() == Level.PROBLEM)
        .extracting(Finding::what)
        .isEqualTo("front sends it to production, and the switch says backup");
    assertThat(DoctorRules.traffic(BACKUP, List.of()))
        .singleElement()
        .matches(finding -> finding.level() == Level.PROBLEM);
  }

  @Test
  void aWarningAloneLeavesTheDiagnosisHealthy() {
    Finding warning = Finding.warning(BACKUP, "asks for a reboot", "reboot it");
    assertThat(Diagnosis.of(NOW, List.of(warning)).healthy()).isTrue();
    assertThat(
            Diagnosis.of(NOW, List.of(warning, DoctorRules.unreachable(BACKUP, "is away")))
                .healthy())
        .isFalse();
  }

  private static List<Finding> active(Examination found) {
    return DoctorRules.server(
        application(List.of("/srv/shop")),
        seen(PRODUCTION, ServerReport.Role.ACTIVE),
        DEBIAN,
        found,
        Duration.ofMillis(80));
  }

  private static List<Finding> standby(Examination found) {
    return DoctorRules.server(
        application(List.of("/srv/shop")),
        seen(BACKUP, ServerReport.Role.STANDBY),
        DEBIAN,
        found,
        Duration.ZERO);
  }

  private static ServerFacts facts(String release, long freeBytes) {
    return new ServerFacts("amd64", release, "a boot id", freeBytes, true);
  }

  private static Examination well(Examination.Unit unit) {
    return new Examination(
        NOW, Set.of(), true, true, List.of(), Map.of("shop.service", unit), List.of(), List.of());
  }

  private static ApplicationSettings application(List<String> data) {
    return new ApplicationSettings(
        "shop",
        List.of("shop.service"),
        data,
        new ApplicationSettings.Health(null, null, null, Duration.ofSeconds(5)),
        null,
        null);
  }

  private static ServerReport seen(ServerName name, ServerReport.@Nullable Role role) {
    return seen(
        name,
        role,
        new ServerReport.Memory(8L << 30, 1L << 30, Verdict.CALM, "plenty", NOW),
        null,
        false);
  }

  private static ServerReport seen(
      ServerName name,
      ServerReport.@Nullable Role role,
      ServerReport.@Nullable Memory memory,
      @Nullable String unhealthy,
      boolean rebootRequired) {
    return new ServerReport(
        name,
        "192.0.2.10",
        role,
        true,
        null,
        "a boot id",
        99L,
        Map.of(),
        new ServerReport.Application(unhealthy == null, unhealthy),
        memory,
        rebootRequired,
        null);
  }

  private static ProxyReport proxy(ServerName active) {
    return new ProxyReport("front", active, 3, null, 0, 0, 0, 0, NOW);
  }
}
