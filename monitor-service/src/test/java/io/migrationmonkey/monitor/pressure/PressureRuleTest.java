package io.migrationmonkey.monitor.pressure;

import static io.migrationmonkey.contract.MonitorReport.Verdict.CALM;
import static io.migrationmonkey.contract.MonitorReport.Verdict.EXHAUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.MemoryReading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PressureRuleTest {

  private static final Instant START = Instant.parse("2026-01-01T02:00:00Z");
  private static final PressureRule RULE =
      new PressureRule(0.90, Duration.ofSeconds(10), Duration.ofSeconds(1));

  @Test
  void isExhaustedOnceEveryReadingWasOverTheLimitForLongEnough() {
    List<MemoryReading> readings = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      readings.add(reading(second * 1000L, 900));
      assertThat(judge(readings).verdict()).isEqualTo(CALM);
    }
    readings.add(reading(10_000, 950));
    assertThat(judge(readings))
        .isEqualTo(
            new Judgement(
                EXHAUSTED,
                "memory is 95.0 % used, 950 of 1000 MiB (a test), at 90.0 % or over for 10.0 s",
                START,
                START.plusSeconds(10)));
  }

  @Test
  void oneReadingUnderTheLimitBeginsTheCountAnew() {
    List<MemoryReading> readings = new ArrayList<>();
    for (int second = 0; second <= 14; second++) {
      readings.add(reading(second * 1000L, second == 5 ? 899 : 990));
    }
    assertThat(judge(readings).verdict()).isEqualTo(CALM);
    readings.add(reading(15_000, 990));
    readings.add(reading(16_000, 990));
    assertThat(judge(readings).verdict()).isEqualTo(EXHAUSTED);
  }

  @Test
  void oneMissedReadingIsForgivenAndTwoAreAHole() {
    assertThat(judge(every(2_000, 6)).verdict()).isEqualTo(EXHAUSTED);
    assertThat(judge(every(3_000, 60)).verdict()).isEqualTo(CALM);
    assertThat(judge(List.of(reading(0, 990), reading(10_000, 990))).verdict()).isEqualTo(CALM);
  }

  @Test
  void aClockThatWasSetBackIsAHole() {
    List<MemoryReading> readings = new ArrayList<>(every(1_000, 9));
    readings.add(reading(-3_600_000, 990));
    assertThat(judge(readings).overSince()).isEqualTo(START.minusSeconds(3600));
  }

  @Test
  void isCalmOnlyClearlyUnderTheLimit() {
    List<MemoryReading> readings = new ArrayList<>(every(1_000, 11));
    readings.add(reading(11_000, 850));
    assertThat(judge(readings).verdict()).isEqualTo(EXHAUSTED);
    assertThat(judge(readings).reason())
        .contains("85.0 % used")
        .contains("calm again under 85.0 %");
    readings.add(reading(12_000, 849));
    assertThat(judge(readings).verdict()).isEqualTo(CALM);
    readings.add(reading(13_000, 990));
    assertThat(judge(readings).verdict()).isEqualTo(CALM);
  }

  @Test
  void staysExhaustedAcrossAHoleUntilAReadingSaysOtherwise() {
    List<MemoryReading> readings = new ArrayList<>(every(1_000, 11));
    readings.add(reading(3_600_000, 860));
    assertThat(judge(readings).verdict()).isEqualTo(EXHAUSTED);
  }

  @Test
  void saysHowFarItIsOnTheWay() {
    assertThat(judge(every(1_000, 4)).reason())
        .isEqualTo(
            "memory is 99.0 % used, 990 of 1000 MiB (a test), at 90.0 % or over for 3.0 s of 10.0 s");
    assertThat(judge(List.of(reading(0, 420))).reason())
        .isEqualTo("memory is 42.0 % used, 420 of 1000 MiB (a test)");
  }

  /** The rule said once more, by looking back over all readings instead of keeping count. */
  @Property(tries = 2_000)
  void agreesWithLookingBackOverTheWholeWindow(@ForAll("courses") List<MemoryReading> readings) {
    Judgement judgement = null;
    Verdict expected = CALM;
    for (int last = 0; last < readings.size(); last++) {
      judgement = RULE.judge(judgement, readings.get(last));
      expected =
          expected == EXHAUSTED
              ? (readings.get(last).usedRatio() < 0.85 ? CALM : EXHAUSTED)
              : (coveredAndOver(readings.subList(0, last + 1)) ? EXHAUSTED : CALM);
      assertThat(judgement.verdict()).as("after reading %d", last).isEqualTo(expected);
    }
  }

  @Provide
  Arbitrary<List<MemoryReading>> courses() {
    Arbitrary<Long> gaps =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(20, Arbitraries.longs().between(900, 1_100)),
            net.jqwik.api.Tuple.of(2, Arbitraries.longs().between(1_900, 3_100)),
            net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(-2_000, 15_000)));
    Arbitrary<Integer> used =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(20, Arbitraries.integers().between(900, 1_000)),
            net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(800, 900)));
    return Combinators.combine(gaps, used)
        .as((gap, mebibytes) -> new long[] {gap, mebibytes})
        .list()
        .ofMinSize(1)
        .ofMaxSize(60)
        .map(steps -> {
          List<MemoryReading> readings = new ArrayList<>();
          long at = 0;
          for (long[] step : steps) {
            at += step[0];
            readings.add(reading(at, step[1]));
          }
          return readings;
        });
  }

  private static boolean coveredAndOver(List<MemoryReading> readings) {
    MemoryReading last = readings.getLast();
    MemoryReading later = last;
    for (MemoryReading reading : readings.reversed()) {
      long gap = Duration.between(reading.at(), later.at()).toMillis();
      if (reading.usedRatio() < 0.90 || gap < 0 || gap >= 3_000) {
        return false;
      }
      if (Duration.between(reading.at(), last.at()).toMillis() >= 10_000) {
        return true;
      }
      later = reading;
    }
    return false;
  }

  private static Judgement judge(List<MemoryReading> readings) {
    Judgement judgement = null;
    for (MemoryReading reading : readings) {
      judgement = RULE.judge(judgement, reading);
    }
    return judgement;
  }

  private static List<MemoryReading> every(long millis, int count) {
    List<MemoryReading> readings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      readings.add(reading(i * millis, 990));
    }
    return readings;
  }

  private static MemoryReading reading(long millis, long usedMebibytes) {
    return new MemoryReading(START.plusMillis(millis), 1000L << 20, usedMebibytes << 20, "a test");
  }
}
