package io.migrationmonkey.migrator.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.parity.WarmRule.Situation;
import io.migrationmonkey.migrator.parity.WarmRun.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParityTest {

  private static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");
  private static final WarmSettings SETTINGS = new WarmSettings("5m");
  private static final ParityReading FINE = reading(List.of(), List.of());

  @Test
  void aFreshCopyWithTheSamePackagesIsReady() {
    ParityReport report = report(copied(Duration.ofMinutes(4)), null, FINE);
    assertThat(report.reasons()).isEmpty();
    assertThat(report.ready()).isTrue();
    assertThat(report.standby()).isEqualTo(ServerName.BACKUP);
    assertThat(report.data().ageSeconds()).isEqualTo(240);
  }

  @Test
  void aCopyThatMissedThreeRoundsIsNot() {
    assertThat(report(copied(Duration.ofMinutes(15)), null, FINE).ready()).isTrue();
    ParityReport report = report(copied(Duration.ofMinutes(16)), null, FINE);
    assertThat(report.ready()).isFalse();
    assertThat(report.reasons()).containsExactly("the copy on backup is 16 minutes old");
  }

  @Test
  void theServerThatAMigrationLeftHasAllDataAsOfThen() {
    ParityReport report = report(null, NOW.minusSeconds(90), FINE);
    assertThat(report.data().ageSeconds()).isEqualTo(90);
    assertThat(report.ready()).isTrue();
  }

  @Test
  void theNewerOfTwoCopiesCounts() {
    assertThat(
            report(copied(Duration.ofSeconds(20)), NOW.minusSeconds(90), FINE).data().ageSeconds())
        .isEqualTo(20);
    assertThat(
            report(copied(Duration.ofSeconds(99)), NOW.minusSeconds(90), FINE).data().ageSeconds())
        .isEqualTo(90);
  }

  @Test
  void withoutAnyKnowledgeItIsNotReadyAndSaysWhatToDo() {
    ParityReport report = report(null, null, null);
    assertThat(report.ready()).isFalse();
    assertThat(report.data().ageSeconds()).isNull();
    assertThat(report.reasons())
        .anyMatch(reason -> reason.contains("refresh=true"))
        .anyMatch(reason -> reason.contains("no complete copy"));
  }

  @Test
  void whatWasReadBeforeTheMoveSaysNothingOfTheNewStandby() {
    ParityReading before =
        new ParityReading(
            NOW, ServerName.BACKUP, null, null, null, List.of(), List.of(), List.of());
    assertThat(report(copied(Duration.ZERO), null, before).ready()).isFalse();
  }

  @Test
  void packagesAndProblemsAreNamed() {
    ParityReading reading =
        reading(List.of("a", "b", "c", "d", "e", "f"), List.of("the monitor on backup is silent"));
    assertThat(report(copied(Duration.ZERO), null, reading).reasons())
        .containsExactly(
            "the monitor on backup is silent", "packages missing on backup: 6 (a, b, c, d, e, …)");
  }

  @Test
  void theReportIsWhatRedisGivesBack() {
    ParityReading reading = reading(List.of("a:all=1"), List.of("why"));
    assertThat(Wire.read(Wire.write(reading), ParityReading.class)).isEqualTo(reading);
    WarmRun run = copied(Duration.ZERO);
    assertThat(Wire.read(Wire.write(run), WarmRun.class)).isEqualTo(run);
  }

  private static ParityReading reading(List<String> missing, List<String> problems) {
    return new ParityReading(
        NOW,
        ServerName.PRODUCTION,
        new ParityReading.Packages(missing, List.of(), List.of(), List.of(), 100),
        new ParityReading.Disk(1, 1, true),
        new ParityReading.Memory(2, 1, 1L, true, true, "calm"),
        List.of(),
        problems,
        List.of());
  }

  private static WarmRun copied(Duration ago) {
    Instant at = NOW.minus(ago);
    return new WarmRun("warm-1", ServerName.PRODUCTION, 2, at, at, Outcome.COMPLETE, "", 0, at);
  }

  private static ParityReport report(
      @Nullable WarmRun last,
      @Nullable Instant copiedByMigration,
      @Nullable ParityReading reading) {
    Situation now =
        new Situation(
            NOW,
            Optional.of(Duration.ofMinutes(5)),
            ServerName.PRODUCTION,
            2,
            false,
            false,
            null,
            last);
    return Parity.report(now, SETTINGS, copiedByMigration, reading, null);
  }
}
