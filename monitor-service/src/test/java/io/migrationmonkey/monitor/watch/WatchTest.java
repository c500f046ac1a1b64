package io.migrationmonkey.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.memory.FakeServer;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.pressure.PressureLimits;
import io.migrationmonkey.monitor.pressure.PressureRule;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class WatchTest {

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final PressureRule RULE =
      new PressureRule(
          new PressureLimits(
              0.90,
              0.85,
              2L << 30,
              Duration.ofSeconds(3),
              0.20,
              Duration.ofSeconds(75),
              Duration.ofSeconds(30),
              1.5));

  @TempDir Path root;
  private final ManualClock clock = new ManualClock();
  private final List<Sighting> heard = new ArrayList<>();
  private FakeServer server;
  private Watch watch;

  @BeforeEach
  void aWatch() {
    server = new FakeServer(root).usedMebibytes(400);
    watch =
        new Watch(server.memory(clock), RULE, PERIOD, Optional::empty, clock, List.of(heard::add));
  }

  @Test
  void knowsNothingBeforeItsFirstLook() {
    assertThat(watch.latest()).isInstanceOf(Sighting.Unread.class);
    assertThat(watch.history()).isEmpty();
  }

  @Test
  void tellsEachReadingWithItsVerdict(CapturedOutput output) {
    look();
    assertThat(((Sighting.Seen) watch.latest()).reading().usedRatio()).isEqualTo(0.4);
    server.usedMebibytes(950);
    for (int i = 0; i < 5; i++) {
      look();
    }
    assertThat(verdicts())
        .containsExactly(
            Verdict.CALM,
            Verdict.CALM,
            Verdict.CALM,
            Verdict.CALM,
            Verdict.EXHAUSTED,
            Verdict.EXHAUSTED);
    server.usedMebibytes(300);
    for (int i = 0; i < 4; i++) {
      look();
    }
    assertThat(output)
        .containsOnlyOnce("Memory is exhausted: memory is 95.0 % used, 950 of 1000 MiB")
        .containsOnlyOnce("Memory is calm again");
  }

  @Test
  void aReadingThatFailsIsNotPaperedOverByTheLastGoodOne(CapturedOutput output) {
    look();
    server.delete("/sys/fs/cgroup/memory/memory.usage_in_bytes");
    look();
    look();
    assertThat(watch.latest())
        .isEqualTo(
            new Sighting.Unread(
                clock.instant().minus(PERIOD),
                "/sys/fs/cgroup/memory/memory.usage_in_bytes is missing"));
    assertThat(watch.history()).hasSize(1);
    server.usedMebibytes(400);
    look();
    assertThat(watch.latest()).isInstanceOf(Sighting.Seen.class);
    assertThat(output).containsOnlyOnce("The memory can't be read");
    assertThat(heard).hasSize(4);
  }

  @Test
  void looksWithoutAReadingAreNoProofOfExhaustion() {
    server.usedMebibytes(950);
    look();
    look();
    server.delete("/sys/fs/cgroup/memory/memory.usage_in_bytes");
    for (int i = 0; i < 5; i++) {
      look();
    }
    server.usedMebibytes(950);
    look();
    look();
    assertThat(verdicts()).containsOnly(Verdict.CALM);
  }

  @Test
  void aFreezeIsSaidAndProvesNothingAndNoLooksAreMadeUpFor(CapturedOutput output) {
    server.usedMebibytes(950);
    look();
    look();
    clock.advance(Duration.ofSeconds(60));
    look();
    look();
    assertThat(verdicts()).containsOnly(Verdict.CALM);
    assertThat(output).contains("Nobody looked at the memory for 61 s");
    look();
    look();
    assertThat(verdicts()).last().isEqualTo(Verdict.EXHAUSTED);
  }

  @Test
  void aServersClockThatIsSteppedIsSaidAndChangesNothing(CapturedOutput output) {
    ManualClock timeOfDay = new ManualClock();
    watch =
        new Watch(
            server.memory(clock),
            RULE,
            PERIOD,
            Optional::empty,
            clock,
            List.<Consumer<Sighting>>of(heard::add, new ClockSteps(timeOfDay, clock)));
    server.usedMebibytes(950);
    look();
    timeOfDay.advance(PERIOD.plusHours(1));
    look();
    timeOfDay.advance(PERIOD);
    look();
    assertThat(output).containsOnlyOnce("The server's clock was stepped by 3600 s");
    timeOfDay.advance(PERIOD.minusHours(2));
    look();
    assertThat(output).contains("The server's clock was stepped by -7200 s");
    assertThat(verdicts())
        .containsExactly(Verdict.CALM, Verdict.CALM, Verdict.CALM, Verdict.EXHAUSTED);
  }

  @Test
  void aListenerThatFailsKeepsNobodyElseFromHearing() {
    watch =
        new Watch(
            server.memory(clock),
            RULE,
            PERIOD,
            Optional::empty,
            clock,
            List.<Consumer<Sighting>>of(
                sighting -> {
                  throw new IllegalStateException("on purpose");
                },
                heard::add));
    look();
    assertThat(heard).hasSize(1);
  }

  @Test
  void aReadingThatIsTooOldIsNone() {
    look();
    clock.advance(Duration.ofSeconds(10));
    assertThat(watch.latest())
        .isInstanceOfSatisfying(
            Sighting.Unread.class,
            unread -> assertThat(unread.why()).contains("nobody has looked"));
  }

  @Test
  void theHistoryHasABound() {
    for (int i = 1; i <= 130; i++) {
      server.usedMebibytes(i);
      look();
    }
    assertThat(watch.history()).hasSize(120);
    assertThat(watch.history()).extracting(MemoryReading::usedBytes).startsWith(11L << 20);
    assertThat(watch.history().getLast().usedBytes()).isEqualTo(130L << 20);
  }

  @Test
  void looksByItselfOnceAPeriod() {
    List<Sighting> seen = new CopyOnWriteArrayList<>();
    Clock real = Clock.systemUTC();
    try (Watch started =
        new Watch(
            server.memory(real),
            RULE,
            Duration.ofMillis(100),
            Optional::empty,
            real,
            List.of(seen::add))) {
      started.start();
      await().atMost(Duration.ofSeconds(10)).until(() -> seen.size() >= 5);
    }
    Duration took = Duration.between(seen.get(0).at(), seen.get(4).at());
    assertThat(took).isGreaterThan(Duration.ofMillis(200));
  }

  private void look() {
    watch.look();
    clock.advance(PERIOD);
  }

  private List<Verdict> verdicts() {
    return heard.stream()
        .filter(Sighting.Seen.class::isInstance)
        .map(sighting -> ((Sighting.Seen) sighting).judgement().verdict())
        .toList();
  }
}
