package io.migrationmonkey.monitor;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When memory counts as exhausted.
 *
 * @param usedRatio used over total, 0 to 1
 * @param sustained how long it must stay there
 */
@ConfigurationProperties("monkey.pressure")
record PressureSettings(
    @DefaultValue("0.90") double usedRatio, @DefaultValue("10s") Duration sustained) {

  PressureSettings {
    Setting.USED_RATIO.check(usedRatio >= 0.10 && usedRatio <= 0.99, usedRatio);
    Setting.SUSTAINED.between(Duration.ofMillis(100), Duration.ofMinutes(10), sustained);
  }
}
