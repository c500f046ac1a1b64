package io.migrationmonkey.lab;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class LeakRatePropertyTest {

  @Property
  void itNeverStopsAndNeverExceedsTheFastest(
      @ForAll @DoubleRange(max = 1) double used, @ForAll @DoubleRange(max = 1) double threshold) {
    assertThat(LeakRate.next(used, threshold, 768L << 20)).isBetween(LeakRate.SLOW, LeakRate.FAST);
  }
}
