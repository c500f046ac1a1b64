package io.migrationmonkey.monitor;

import io.migrationmonkey.monitor.restart.RestartLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Restart Monkey.
 *
 * @param enabled false leaves the application alone
 * @param attempts after so many restarts within the window a migration is ordered
 * @param window for which restarts count
 * @param unhealthyAfter for so long the application may run without being healthy
 * @param grace for so long nobody may have acted before what runs on a standby is stopped
 * @param socket of root's helper
 */
@ConfigurationProperties("monkey.restart")
record RestartSettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("3") int attempts,
    @DefaultValue("5m") Duration window,
    @DefaultValue("20s") Duration unhealthyAfter,
    @DefaultValue("15s") Duration grace,
    @DefaultValue("/run/migration-monkey-hands.sock") Path socket) {

  RestartSettings {
    Setting.ATTEMPTS.check(attempts >= 1 && attempts <= 100, attempts);
    Setting.WINDOW.between(Duration.ofSeconds(10), Duration.ofDays(1), window);
    Setting.UNHEALTHY_AFTER.between(Duration.ofSeconds(1), Duration.ofHours(1), unhealthyAfter);
    // Less than a lease lasts, a migrator that died could not be told from one that is slow.
    Setting.GRACE.between(Duration.ofSeconds(11), Duration.ofHours(1), grace);
  }

  RestartLimits limits() {
    return new RestartLimits(attempts, window, unhealthyAfter, grace);
  }
}
