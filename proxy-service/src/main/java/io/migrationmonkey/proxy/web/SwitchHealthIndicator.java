package io.migrationmonkey.proxy.web;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.ServerHealth;
import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.GateState;
import io.migrationmonkey.proxy.switching.SwitchFollower;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * A proxy with a route is healthy, whether Redis is there or not; without one it is not in use. How
 * the servers are is a detail: a proxy is not to be restarted for what a server lacks.
 */
@Component
class SwitchHealthIndicator implements HealthIndicator {

  private final Gate gate;
  private final SwitchFollower follower;
  private final ServerHealth servers;

  SwitchHealthIndicator(Gate gate, SwitchFollower follower, ServerHealth servers) {
    this.gate = gate;
    this.follower = follower;
    this.servers = servers;
  }

  @Override
  public Health health() {
    GateState state = gate.state();
    Health.Builder health =
        state.route() == null
            ? Health.outOfService().withDetail("route", "no route yet")
            : Health.up()
                .withDetail("route", String.valueOf(state.active()))
                .withDetail("epoch", state.epoch());
    for (ServerName server : ServerName.values()) {
      health.withDetail(server.toString(), words(servers.of(server)));
    }
    return health.withDetail("redisConnected", follower.connected()).build();
  }

  private static String words(ServerHealth.State server) {
    if (!server.reachable()) {
      return "can't be reached";
    }
    if (Boolean.FALSE.equals(server.healthy())) {
      return "fails its checks: " + server.problem();
    }
    return server.healthy() == null ? "not checked" : "passes its checks";
  }
}
