package io.migrationmonkey.monitor.web;

import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.watch.Sighting;
import io.migrationmonkey.monitor.watch.Watch;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Healthy is a monitor that can read the memory and report it. */
@Component
final class MonitorHealthIndicator implements HealthIndicator {

  private final Watch watch;
  private final RedisLink redis;

  MonitorHealthIndicator(Watch watch, RedisLink redis) {
    this.watch = watch;
    this.redis = redis;
  }

  @Override
  public Health health() {
    Sighting latest = watch.latest();
    boolean well = latest instanceof Sighting.Seen && redis.connected();
    return (well ? Health.up() : Health.down())
        .withDetail(
            "memory", latest instanceof Sighting.Unread unread ? unread.why() : "is being read")
        .withDetail("redis", redis.connected() ? "takes the reports" : "is away")
        .build();
  }
}
