package io.migrationmonkey.migrator.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.parity.WarmRule.Situation;
import io.migrationmonkey.migrator.parity.WarmRule.Verdict;
import io.migrationmonkey.migrator.parity.WarmRun.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WarmRuleTest {

  private static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");
  private static final Duration EVERY = Duration.ofMinutes(5);

  @Test
  void aStandbyThatWasNeverWarmedIsDueAtOnce() {
    assertThat(WarmRule.judge(situation(null)).due()).isTrue();
  }

  @Test
  void afterAMoveTheNewStandbyIsDueAtOnce() {
    WarmRun other = run(Outcome.COMPLETE, 0, Duration.ZERO, NOW);
    assertThat(WarmRule.judge(situation(other, ServerName.BACKUP, 3, false)).due()).isTrue();
    assertThat(WarmRule.judge(situation(other, ServerName.PRODUCTION, 3, false)).due()).isTrue();
  }

  @Test
  void theNextRunIsDueOneIntervalAfterTheLastEnded() {
    Verdict early = judge(Outcome.COMPLETE, 0, EVERY.minusMillis(1));
    assertThat(early.due()).isFalse();
    assertThat(early.why()).contains("2026-01-01T02:00:00.001Z");
    assertThat(judge(Outcome.COMPLETE, 0, EVERY).due()).isTrue();
    assertThat(judge(Outcome.PARTIAL, 0, EVERY).due()).isTrue();
  }

  @Test
  void aRunThatGaveWayIsMadeUpForSoon() {
    assertThat(judge(Outcome.PREEMPTED, 0, Duration.ofSeconds(29)).due()).isFalse();
    assertThat(judge(Outcome.PREEMPTED, 0, Duration.ofSeconds(30)).due()).isTrue();
  }

  @Test
  void eachFailureDoublesThePauseUpToAnHour() {
    assertThat(judge(Outcome.FAILED, 1, EVERY).due()).isTrue();
    assertThat(judge(Outcome.FAILED, 2, EVERY).due()).isFalse();
    assertThat(judge(Outcome.FAILED, 2, EVERY.multipliedBy(2)).due()).isTrue();
    assertThat(judge(Outcome.FAILED, 30, Duration.ofMinutes(59)).due()).isFalse();
    assertThat(judge(Outcome.FAILED, 30, Duration.ofHours(1)).due()).isTrue();
  }

  @Test
  void nothingIsDueWhileItIsOffPausedOrSomebodyActs() {
    Situation due = situation(null);
    assertThat(
            WarmRule.judge(
                    new Situation(NOW, Optional.empty(), due.active(), 2, false, false, null, null))
                .why())
        .contains("monkey.warm.every");
    assertThat(
            WarmRule.judge(
                    new Situation(NOW, due.every(), due.active(), 2, false, true, null, null))
                .why())
        .contains("paused");
    assertThat(
            WarmRule.judge(
                new Situation(NOW, due.every(), due.active(), 2, false, false, "m7", null)))
        .isEqualTo(new Verdict(false, "m7 is under way"));
  }

  @Test
  void whatAPersonMovedAwayFromIsLeftAloneUntilSomebodyAsksForAWarmRunThere() {
    Verdict left = WarmRule.judge(situation(null, ServerName.BACKUP, 2, true));
    assertThat(left.due()).isFalse();
    assertThat(left.why()).contains("production is left alone").contains("/api/parity/warm");
    WarmRun asked =
        new WarmRun(
            "warm-1", ServerName.BACKUP, 2, NOW, NOW.minus(EVERY), Outcome.COMPLETE, "", 0, NOW);
    assertThat(WarmRule.judge(situation(asked, ServerName.BACKUP, 2, true)).due()).isTrue();
    WarmRun failed = run(Outcome.FAILED, 1, EVERY.multipliedBy(9), null);
    assertThat(WarmRule.judge(situation(failed, ServerName.PRODUCTION, 2, true)).due()).isFalse();
  }

  @Property
  void noPauseIsLongerThanAnHourOrTheInterval(
      @ForAll Outcome outcome,
      @ForAll @IntRange(max = 1_000_000) int failures,
      @ForAll @LongRange(min = 1, max = 86_400) long everySeconds) {
    Duration every = Duration.ofSeconds(everySeconds);
    Duration longest = every.compareTo(Duration.ofHours(1)) > 0 ? every : Duration.ofHours(1);
    WarmRun last = run(outcome, failures, longest, null);
    assertThat(WarmRule.judge(situation(last, every)).due()).isTrue();
  }

  @Property
  void onceDueItStaysDue(
      @ForAll Outcome outcome,
      @ForAll @IntRange(max = 40) int failures,
      @ForAll @LongRange(max = 10_000) long ago,
      @ForAll @LongRange(max = 10_000) long later) {
    boolean due = judge(outcome, failures, Duration.ofSeconds(ago)).due();
    if (due) {
      assertThat(judge(outcome, failures, Duration.ofSeconds(ago + later)).due()).isTrue();
    }
  }

  private static Verdict judge(Outcome outcome, int failures, Duration ago) {
    return WarmRule.judge(situation(run(outcome, failures, ago, NOW)));
  }

  private static WarmRun run(
      Outcome outcome, int failures, Duration ago, @Nullable Instant copiedAt) {
    Instant ended = NOW.minus(ago);
    return new WarmRun(
        "warm-1", ServerName.PRODUCTION, 2, ended, ended, outcome, "", failures, copiedAt);
  }

  private static Situation situation(@Nullable WarmRun last) {
    return situation(last, ServerName.PRODUCTION, 2, false);
  }

  private static Situation situation(@Nullable WarmRun last, Duration every) {
    return new Situation(
        NOW, Optional.of(every), ServerName.PRODUCTION, 2, false, false, null, last);
  }

  private static Situation situation(
      @Nullable WarmRun last, ServerName active, long epoch, boolean byHand) {
    return new Situation(NOW, Optional.of(EVERY), active, epoch, byHand, false, null, last);
  }
}
