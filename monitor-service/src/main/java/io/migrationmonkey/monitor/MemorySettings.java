package io.migrationmonkey.monitor;

import io.migrationmonkey.contract.MonitorReport;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the memory is watched.
 *
 * @param period between two readings
 */
@ConfigurationProperties("monkey.memory")
record MemorySettings(@DefaultValue("1s") Duration period) {

  MemorySettings {
    // A report must be written more often than it expires.
    Setting.PERIOD.between(Duration.ofMillis(100), MonitorReport.TTL.minusSeconds(1), period);
  }
}
