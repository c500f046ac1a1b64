package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryChartTest {

  private static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");
  private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1));

  @Test
  void whereNothingWasSeenNothingIsDrawnAndItIsSaidSinceWhen() {
    MemoryChart chart = MemoryChart.of(List.of(), NOW, NOW.minusSeconds(90));
    assertThat(chart.drawn()).isFalse();
    assertThat(chart.words()).contains("01:58:30 UTC").contains("began to watch");
  }

  @Test
  void theNewestIsAtTheRightAndTheHighestAtTheTop() {
    MemoryChart chart =
        MemoryChart.of(
            List.of(sample(3600, 0, null), sample(1800, 500, null), sample(0, 1000, null)),
            NOW,
            LONG_AGO);
    assertThat(chart.used()).startsWith("M0.0 100.0").contains("180.0 50.0").endsWith("L360.0 0.0");
    assertThat(chart.threshold()).isEqualTo("5.0");
    assertThat(chart.words()).contains("The last hour").contains("02:00:00 UTC");
  }

  @Test
  void aHoleBreaksTheLine() {
    MemoryChart chart =
        MemoryChart.of(
            List.of(sample(600, 10, null), sample(590, 10, null), sample(100, 10, null)),
            NOW,
            LONG_AGO);
    assertThat(chart.used().chars().filter(c -> c == 'M')).hasSize(2);
    assertThat(chart.area().chars().filter(c -> c == 'Z')).hasSize(2);
  }

  @Test
  void withoutPressureFiguresThereIsNoLineOfThem() {
    assertThat(MemoryChart.of(List.of(sample(10, 10, null)), NOW, LONG_AGO).stalled()).isNull();
    MemoryChart stalled =
        MemoryChart.of(List.of(sample(20, 10, 0.0), sample(10, 10, 0.5)), NOW, LONG_AGO);
    assertThat(stalled.stalled()).endsWith(" 12.0");
    assertThat(stalled.stalledWords()).contains("50 %");
  }

  @Test
  void aMigratorThatHasNotWatchedForAnHourSaysSo() {
    assertThat(MemoryChart.of(List.of(sample(10, 10, null)), NOW, NOW.minusSeconds(60)).words())
        .contains("Since 01:59:00 UTC");
  }

  private static MemorySample sample(long ago, long used, Double stalled) {
    return new MemorySample(NOW.minusSeconds(ago), 1000, used, 950L, stalled);
  }
}
