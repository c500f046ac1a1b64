package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.BackgroundLoop;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Checks both servers now and then, on a thread of its own. */
@Component
final class HealthChecks extends BackgroundLoop {

  private final CheckSettings settings;
  private final UpstreamSettings upstreams;
  private final ServerHealth health;

  HealthChecks(CheckSettings settings, UpstreamSettings upstreams, ServerHealth health) {
    super("health-checks", Duration.ofMillis(50));
    this.settings = settings;
    this.upstreams = upstreams;
    this.health = health;
  }

  @Override
  protected void work() throws InterruptedException {
    while (settings.on() && isRunning()) {
      for (ServerName server : ServerName.values()) {
        String problem =
            new HealthCheck(upstreams.of(server), settings.path(), settings.timeout()).problem();
        health.judged(
            server, health.verdict(server).after(problem, settings.fall(), settings.rise()));
      }
      awaitNews(settings.every());
    }
  }
}
