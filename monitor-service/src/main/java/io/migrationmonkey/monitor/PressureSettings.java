package io.migrationmonkey.monitor;

import io.migrationmonkey.monitor.pressure.PressureLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * When memory counts as strained, and when as exhausted.
 *
 * @param usedRatio exhausted: used over total, 0 to 1
 * @param strainedRatio strained: the same; at least 0.05 less
 * @param available with more than this available, no ratio counts
 * @param sustained how long a ratio must be reached
 * @param stalled strained: the share of the time in which some task waits for memory
 * @param lookAhead exhausted: a rise that ends within this time, or before a move would be over
 * @param move how long a move takes while the migrator has told of none
 * @param margin times what the last moves took
 */
@ConfigurationProperties("monkey.pressure")
record PressureSettings(
    @DefaultValue("0.95") double usedRatio,
    @DefaultValue("0.85") double strainedRatio,
    @DefaultValue("2GB") DataSize available,
    @DefaultValue("10s") Duration sustained,
    @DefaultValue("0.20") double stalled,
    @DefaultValue("60s") Duration lookAhead,
    @DefaultValue("30s") Duration move,
    @DefaultValue("1.5") double margin) {

  PressureSettings {
    Setting.USED_RATIO.check(usedRatio >= 0.10 && usedRatio <= 0.99, usedRatio);
    Setting.STRAINED_RATIO.check(strainedRatio >= 0.05 && strainedRatio <= 0.94, strainedRatio);
    Setting.AVAILABLE.check(available.toBytes() > 0, available);
    Setting.SUSTAINED.between(Duration.ofMillis(100), Duration.ofMinutes(10), sustained);
    Setting.STALLED.check(stalled > 0 && stalled <= 1, stalled);
    Setting.LOOK_AHEAD.between(Duration.ofSeconds(1), Duration.ofMinutes(10), lookAhead);
    Setting.MOVE.between(Duration.ofSeconds(1), Duration.ofHours(1), move);
    Setting.MARGIN.check(margin >= 1 && margin <= 10, margin);
  }

  PressureLimits limits() {
    return new PressureLimits(
        usedRatio,
        Math.min(strainedRatio, usedRatio - 0.05),
        available.toBytes(),
        sustained,
        stalled,
        lookAhead,
        move,
        margin);
  }
}
