package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryHistoryTest {

  private final ManualClock clock = new ManualClock();
  private final MemoryHistory history = new MemoryHistory();

  @Test
  void aStretchTellsTheMostThatWasUsedInIt() {
    for (int second = 0; second <= 10; second++) {
      report("boot", second == 4 ? 900 : 100, 0L);
    }
    assertThat(history.until(clock.instant()))
        .singleElement()
        .satisfies(sample -> {
          assertThat(sample.usedBytes()).isEqualTo(900);
          assertThat(sample.totalBytes()).isEqualTo(1000);
          assertThat(sample.exhaustedAtBytes()).isEqualTo(950);
        });
  }

  @Test
  void theTimeSpentWaitingIsAShareOfTheStretch() {
    for (int second = 0; second <= 10; second++) {
      report("boot", 100, second * 250_000L);
    }
    assertThat(history.until(clock.instant()))
        .singleElement()
        .satisfies(sample -> assertThat(sample.stalled()).isEqualTo(0.25));
  }

  @Test
  void aKernelThatDoesNotTellIsUnknownNotZero() {
    for (int second = 0; second <= 10; second++) {
      report("boot", 100, null);
    }
    assertThat(history.until(clock.instant()))
        .singleElement()
        .satisfies(sample -> assertThat(sample.stalled()).isNull());
  }

  @Test
  void overABootNothingIsComputed() {
    for (int second = 0; second < 8; second++) {
      report("boot", 100, 5_000_000L);
    }
    for (int second = 0; second <= 10; second++) {
      report("another boot", 100, 0L);
    }
    assertThat(history.until(clock.instant()))
        .singleElement()
        .satisfies(sample -> assertThat(sample.stalled()).isZero());
  }

  @Test
  void anHourIsKeptAndNoMore() {
    for (int second = 0; second < 2 * 3600; second++) {
      report("boot", 100, 0L);
    }
    assertThat(history.until(clock.instant())).hasSizeBetween(358, 361);
    assertThat(history.until(clock.instant()).getFirst().at())
        .isAfterOrEqualTo(clock.instant().minus(MemoryHistory.SPAN));
    clock.advance(Duration.ofMinutes(30));
    assertThat(history.until(clock.instant())).hasSizeBetween(178, 181);
    clock.advance(Duration.ofHours(1));
    assertThat(history.until(clock.instant())).isEmpty();
  }

  @Test
  void theSameReportAgainSaysNothingNew() {
    MonitorReport same = reportAt("boot", 100, 0L);
    for (int i = 0; i < 100; i++) {
      history.add(same);
    }
    assertThat(history.until(clock.instant())).isEmpty();
  }

  private void report(String boot, long used, Long stalled) {
    history.add(reportAt(boot, used, stalled));
    clock.advance(Duration.ofSeconds(1));
  }

  private MonitorReport reportAt(String boot, long used, Long stalled) {
    return new MonitorReport(
        ServerName.PRODUCTION,
        boot,
        1000,
        used,
        MonitorReport.Verdict.CALM,
        "calm",
        clock.instant(),
        950L,
        stalled);
  }
}
