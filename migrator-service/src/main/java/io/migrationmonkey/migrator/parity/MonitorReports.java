package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** What the two monitors say. */
@Component
public class MonitorReports {

  private final StringRedisTemplate redis;

  MonitorReports(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /** The latest word of that server's monitor; empty where it does not report. */
  public Optional<MonitorReport> of(ServerName server) {
    return Optional.ofNullable(redis.opsForValue().get(MonitorReport.key(server)))
        .map(text -> Wire.read(text, MonitorReport.class));
  }
}
