package io.migrationmonkey.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeakRateTest {

  private static final long TOTAL = 768L << 20;

  @Test
  void farFromTheThresholdItIsFastAndAtItSlow() {
    assertThat(LeakRate.next(0.2, 0.75, TOTAL)).isEqualTo(LeakRate.FAST);
    assertThat(LeakRate.next(0.70, 0.75, TOTAL)).isBetween(10, 15);
    assertThat(LeakRate.next(0.75, 0.75, TOTAL)).isEqualTo(LeakRate.SLOW);
  }

  @Test
  void secondBySecondItReachesTheThresholdSoonAndHardlyOvershoots() {
    double used = 0.2;
    int seconds = 0;
    while (used < 0.75) {
      used += (double) ((long) LeakRate.next(used, 0.75, TOTAL) << 20) / TOTAL;
      seconds++;
    }
    assertThat(seconds).isLessThan(40);
    assertThat(used).isLessThan(0.76);
  }
}
