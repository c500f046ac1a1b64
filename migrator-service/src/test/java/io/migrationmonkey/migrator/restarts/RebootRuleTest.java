package io.migrationmonkey.migrator.restarts;

import static io.migrationmonkey.contract.ServerName.BACKUP;
import static io.migrationmonkey.contract.ServerName.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.restarts.RebootRule.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RebootRuleTest {

  private static final Map<ServerName, Boolean> BOTH = Map.of(PRODUCTION, true, BACKUP, true);

  private final ManualClock clock = new ManualClock();

  @Test
  void theStandbyComesFirstThenTheActiveServerThenNone() {
    assertThat(due(BOTH, Map.of())).isEqualTo(BACKUP);
    assertThat(due(Map.of(PRODUCTION, true, BACKUP, false), Map.of())).isEqualTo(PRODUCTION);
    assertThat(due(Map.of(PRODUCTION, false, BACKUP, false), Map.of())).isNull();
    assertThat(due(Map.of(PRODUCTION, false, BACKUP, true), Map.of())).isEqualTo(BACKUP);
  }

  @Test
  void whatIsNotKnownIsNotRebootedAndNotLeft() {
    assertThat(due(Map.of(PRODUCTION, true), Map.of())).as("the standby can't be asked").isNull();
    assertThat(due(Map.of(BACKUP, false), Map.of())).isNull();
    assertThat(due(Map.of(), Map.of())).isNull();
  }

  @Test
  void afterAFailureItWaitsAnHourAndLeavesTheOtherAloneMeanwhile() {
    Map<ServerName, Reboot> failed = Map.of(BACKUP, reboot(BACKUP, Reboot.State.FAILED));
    assertThat(due(BOTH, failed)).isNull();
    clock.advance(Duration.ofMinutes(59));
    assertThat(due(BOTH, failed)).isNull();
    clock.advance(Duration.ofMinutes(1));
    assertThat(due(BOTH, failed)).isEqualTo(BACKUP);
  }

  @Test
  void aSuccessIsNoReasonToWait() {
    assertThat(due(BOTH, Map.of(BACKUP, reboot(BACKUP, Reboot.State.SUCCEEDED)))).isEqualTo(BACKUP);
  }

  @Test
  void closedPausedOrBusyMeansNoneAndSaysWhy() {
    assertThat(judge(false, false, null).why()).contains("window");
    assertThat(judge(true, true, null).why()).contains("paused");
    assertThat(judge(true, false, "m1").why()).contains("m1 is under way");
  }

  @Test
  void aServerIsNotLeftByItselfAfterAPersonHasMovedTheSwitch() {
    var verdict =
        RebootRule.judge(
            new Situation(
                clock.instant(),
                true,
                PRODUCTION,
                true,
                false,
                null,
                Map.of(PRODUCTION, true, BACKUP, false),
                Map.of()));
    assertThat(verdict.reboot()).isNull();
    assertThat(verdict.why()).contains("moved by hand");
  }

  @ParameterizedTest
  @CsvSource({
    // 2026-01-02 is a Friday.
    "2026-01-02T01:59:59Z, 02:00, 04:00, '',      UTC,           false",
    "2026-01-02T02:00:00Z, 02:00, 04:00, '',      UTC,           true",
    "2026-01-02T03:59:59Z, 02:00, 04:00, '',      UTC,           true",
    "2026-01-02T04:00:00Z, 02:00, 04:00, '',      UTC,           false",
    "2026-01-02T02:00:00Z, 02:00, 04:00, sat sun, UTC,           false",
    "2026-01-03T02:00:00Z, 02:00, 04:00, sat sun, UTC,           true",
    "2026-01-02T23:00:00Z, 22:00, 04:00, fri,     UTC,           true",
    "2026-01-03T03:00:00Z, 22:00, 04:00, fri,     UTC,           true",
    "2026-01-03T22:30:00Z, 22:00, 04:00, fri,     UTC,           false",
    "2026-01-02T03:00:00Z, 22:00, 04:00, fri,     UTC,           false",
    "2026-01-02T12:00:00Z, 00:00, 00:00, fri,     UTC,           true",
    "2026-01-01T23:30:00Z, 00:00, 02:00, fri,     Europe/Berlin, true",
    "2026-07-02T22:30:00Z, 00:00, 02:00, fri,     Europe/Berlin, true"
  })
  void theWindowHasDaysHoursAndAZone(
      Instant now, String from, String to, String days, String zone, boolean open) {
    List<String> on = days.isEmpty() ? List.of() : List.of(days.split(" "));
    assertThat(new RebootSettings(true, on, from, to, zone).isOpen(now)).isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource({
    "25:00, 04:00, mon,   UTC,   monkey.reboots.from is '25:00': it must be a time of day",
    "02:00, 4,     mon,   UTC,   monkey.reboots.to is '4': it must be a time of day",
    "02:00, 04:00, mo,    UTC,   monkey.reboots.days holds 'mo': it must be mon",
    "02:00, 04:00, mon,   Mars,  monkey.reboots.zone is 'Mars': it must be a time zone"
  })
  void whatIsNoWindowIsRefused(String from, String to, String day, String zone, String refusal) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RebootSettings(true, List.of(day), from, to, zone))
        .withMessageStartingWith(refusal);
  }

  private @Nullable ServerName due(
      Map<ServerName, Boolean> required, Map<ServerName, Reboot> latest) {
    return RebootRule.judge(
            new Situation(clock.instant(), true, PRODUCTION, false, false, null, required, latest))
        .reboot();
  }

  private RebootRule.Verdict judge(boolean open, boolean paused, @Nullable String busy) {
    return RebootRule.judge(
        new Situation(clock.instant(), open, PRODUCTION, false, paused, busy, BOTH, Map.of()));
  }

  private Reboot reboot(ServerName server, Reboot.State state) {
    Instant at = clock.instant();
    return new Reboot("r", server, state, "why", "ann", at, at, "a", "b", null);
  }
}
