package io.migrationmonkey.monitor.pressure;

import static io.migrationmonkey.contract.MonitorReport.Verdict.CALM;
import static io.migrationmonkey.contract.MonitorReport.Verdict.EXHAUSTED;
import static io.migrationmonkey.contract.MonitorReport.Verdict.STRAINED;
import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.Figure;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PressureRuleTest {

  private static final Instant START = Instant.parse("2026-01-01T02:00:00Z");
  private static final PressureRule RULE = new PressureRule(PressureLimits.DEFAULT);

  private final Window window = new Window();
  private @Nullable Judgement judgement;
  private @Nullable Duration moveTook;
  private double now;

  @Test
  void isExhaustedOnceEveryReadingWasOverTheLimitForLongEnoughHoweverUnevenlyTheyCome() {
    for (int i = 0; i < 10; i++) {
      read(i * 1.004, 960);
      assertThat(verdict()).isNotEqualTo(EXHAUSTED);
    }
    read(10.04, 960);
    assertThat(verdict()).isEqualTo(EXHAUSTED);
    assertThat(judgement.reason())
        .isEqualTo("memory is 96.0 % used, 960 of 1000 MiB (a test), at 95.0 % or over for 10.0 s");
  }

  @Test
  void oneReadingUnderTheLimitBeginsTheCountAnew() {
    play(14, t -> t == 5 ? 940 : 960);
    assertThat(verdict()).isNotEqualTo(EXHAUSTED);
    play(3, t -> 960);
    assertThat(verdict()).isEqualTo(EXHAUSTED);
  }

  @Test
  void whoeverWasBlindForMoreThanFiveSecondsKnowsNothing() {
    read(0, 960);
    read(5, 960);
    read(10, 960);
    assertThat(verdict()).isEqualTo(EXHAUSTED);
    judgement = null;
    read(100, 960);
    read(106, 960);
    read(112, 960);
    assertThat(verdict()).isEqualTo(CALM);
  }

  @Test
  void aClockThatWentBackIsAHole() {
    play(9, t -> 960);
    read(-3600, 960);
    assertThat(verdict()).isEqualTo(CALM);
    assertThat(window.size()).isEqualTo(1);
  }

  @Test
  void aLimitThatHasChangedBeginsANewRow() {
    play(9, t -> 960);
    window.add(new MemoryReading(START.plusSeconds(9), 2000L << 20, 1920L << 20, "a test"));
    assertThat(window.size()).isEqualTo(1);
  }

  @Test
  void aShareOfMuchIsMuch() {
    for (int t = 0; t < 60; t++) {
      judge(new MemoryReading(START.plusSeconds(t), 100L << 30, 97L << 30, "a test"));
    }
    assertThat(verdict()).isEqualTo(CALM);
  }

  @Test
  void aSteadyRiseIsLeftWhileThereIsTimeForAMoveAndTheReasonSaysSo() {
    double orderedAt = leakFrom(300, 1.0);
    assertThat(950 - orderedAt).isBetween(55.0, 61.0);
    assertThat(judgement.reason())
        .contains("MiB/s for")
        .contains("95.0 % is reached in")
        .contains("a move should have 60.0 s");
    assertThat(judgement.secondsLeft()).isBetween(55.0, 61.0);
  }

  @Test
  void theLongerMovesTakeTheSoonerItIsTimeToGo() {
    moveTook = Duration.ofSeconds(80);
    assertThat(950 - leakFrom(300, 1.0)).isBetween(115.0, 121.0);
    assertThat(judgement.reason()).contains("the last moves took up to 80.0 s");
  }

  @Test
  void strainedComesBeforeExhausted() {
    play(200, t -> 300);
    while (verdict() == CALM) {
      read(now + 1, 300 + (now - 199));
    }
    assertThat(verdict()).isEqualTo(STRAINED);
  }

  @Test
  void aSawToothIsJudgedByItsCrests() {
    play(1200, t -> 400 + (t % 60) * 8);
    assertThat(worst).isNotEqualTo(EXHAUSTED);
  }

  @Test
  void aSawToothWhoseCrestsGrowIsLeft() {
    play(300, t -> 350 + (t % 20) * 10);
    assertThat(worst).isEqualTo(CALM);
    play(380, t -> 350 + (t % 20) * 10 + (t - 300));
    assertThat(worst).isEqualTo(EXHAUSTED);
  }

  @Test
  void aJumpIsNoRise() {
    play(200, t -> 300);
    play(100, t -> 830);
    assertThat(worst).isEqualTo(CALM);
  }

  @Test
  void whatRisesWithinSecondsIsABurstUntilItIsNearTheEnd() {
    play(200, t -> 300);
    for (double t = 0; t < 3; t += 0.1) {
      read(now + 0.1, 300 + t * 190);
    }
    assertThat(worst).isEqualTo(CALM);
    for (double t = 3; t < 3.4; t += 0.1) {
      read(now + 0.1, 300 + t * 190);
    }
    assertThat(verdict()).isEqualTo(EXHAUSTED);
  }

  @Test
  void asksForMoreLooksWhileMemoryGrowsFast() {
    play(200, t -> 300);
    assertThat(judgement.hurry()).isFalse();
    read(now + 1, 330);
    assertThat(judgement.hurry()).isTrue();
    read(now + 0.1, 330);
    assertThat(judgement.hurry()).as("lumps pause between them").isTrue();
    for (int i = 0; i < 35; i++) {
      read(now + 0.1, 330);
    }
    assertThat(judgement.hurry()).isFalse();
  }

  @Test
  void whatComesInLumpsIsLeftNearTheEnd() {
    play(200, t -> 270);
    for (double level : new double[] {520, 550, 760, 850, 905}) {
      assertThat(worst).isNotEqualTo(EXHAUSTED);
      play(3, t -> level);
    }
    assertThat(worst).isEqualTo(EXHAUSTED);
  }

  @Test
  void aToothThatIsNoHigherAboveItsFootThanTheOthersIsNoNewsOnTopOfAJobEither() {
    play(300, t -> 350 + (t % 20) * 10);
    play(60, t -> 520 + (t % 20) * 10);
    play(60, t -> 350 + (t % 20) * 10);
    play(60, t -> 620 + (t % 20) * 10);
    assertThat(worst).isNotEqualTo(EXHAUSTED);
  }

  @Test
  void aRiseFarAboveAllTeethIsNewsFromWhereItLeavesThem() {
    play(300, t -> 350 + (t % 20) * 10);
    double orderedAt = 0;
    for (double used = 350; used < 950 && verdict() != EXHAUSTED; used += 4) {
      read(now + 1, used);
      orderedAt = used;
    }
    assertThat(orderedAt).isBetween(650.0, 850.0);
  }

  @Test
  void whoeverHasJustBegunToWatchDoesNotTakeTheFirstRiseForAnEnd() {
    play(60, t -> 400 + t * 8);
    assertThat(worst).isNotEqualTo(EXHAUSTED);
    play(5, t -> 400 + t * 8);
    assertThat(worst).isEqualTo(EXHAUSTED);
  }

  @Test
  void stallsAreAStrainAndOnlyTheDeathOfAllTasksIsAnEnd() {
    for (int t = 0; t <= 30; t++) {
      judge(stalled(t, 0.3 * t, 0.1 * t));
    }
    assertThat(verdict()).isEqualTo(STRAINED);
    assertThat(judgement.reason()).contains("some task waited for memory for 30.0 % of the last");
    for (int t = 31; t <= 60; t++) {
      judge(stalled(t, 9 + (t - 30) * 0.9, 3 + (t - 30) * 0.8));
    }
    assertThat(verdict()).isEqualTo(EXHAUSTED);
    assertThat(judgement.reason()).contains("all tasks waited for memory for 80.0 %");
  }

  @Test
  void isCalmOnlyClearlyUnderTheLimitAndForAWhile() {
    play(12, t -> 990);
    play(60, t -> 910);
    assertThat(verdict()).isEqualTo(EXHAUSTED);
    play(10, t -> 500);
    assertThat(verdict()).isEqualTo(EXHAUSTED);
    assertThat(judgement.reason()).contains("it was exhausted a moment ago");
    play(2, t -> 500);
    assertThat(verdict()).isEqualTo(CALM);
  }

  @Test
  void staysExhaustedAcrossAHoleUntilReadingsSayOtherwise() {
    play(12, t -> 990);
    read(3600, 990);
    assertThat(verdict()).isEqualTo(EXHAUSTED);
  }

  @Property(tries = 50)
  void aLevelAloneSaysNothing(
      @ForAll @DoubleRange(min = 0.05, max = 0.92) double level, @ForAll long seed) {
    Random random = new Random(seed);
    Window row = new Window();
    Judgement latest = null;
    for (int t = 0; t < 400; t++) {
      double used = (level + random.nextGaussian() * 0.002) * 1000;
      row.add(reading(t, used));
      latest = RULE.judge(row, latest, null);
      assertThat(latest.verdict()).as("%s", latest).isNotEqualTo(EXHAUSTED);
    }
  }

  private Verdict worst = CALM;

  /** Plays a leak and gives back how much was used when it was ordered. */
  private double leakFrom(double mebibytes, double perSecond) {
    play(200, t -> mebibytes);
    double used = mebibytes;
    while (verdict() != EXHAUSTED && used < 1000) {
      used += perSecond;
      read(now + 1, used);
    }
    return used;
  }

  private void play(int seconds, DoubleUnaryOperator used) {
    for (int i = 0; i < seconds; i++) {
      double t = window.latest() == null ? 0 : now + 1;
      read(t, used.applyAsDouble(t));
    }
  }

  private void read(double at, double mebibytes) {
    judge(reading(at, mebibytes));
    now = at;
  }

  private void judge(MemoryReading reading) {
    window.add(reading);
    judgement = RULE.judge(window, judgement, moveTook);
    if (judgement.verdict().compareTo(worst) > 0) {
      worst = judgement.verdict();
    }
  }

  private Verdict verdict() {
    return judgement.verdict();
  }

  private static MemoryReading stalled(double at, double some, double full) {
    return new MemoryReading(
        at(at),
        1000L << 20,
        600L << 20,
        "a test",
        Map.of(
            Signal.HOST_SOME_STALL, new Figure((long) (some * 1e6), "a test"),
            Signal.HOST_FULL_STALL, new Figure((long) (full * 1e6), "a test")));
  }

  private static MemoryReading reading(double at, double mebibytes) {
    return new MemoryReading(at(at), 1000L << 20, (long) (mebibytes * (1 << 20)), "a test");
  }

  private static Instant at(double seconds) {
    return START.plusNanos((long) (seconds * 1e9));
  }
}
