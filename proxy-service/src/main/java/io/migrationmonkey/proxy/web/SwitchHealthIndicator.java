package io.migrationmonkey.proxy.web;

import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.GateState;
import io.migrationmonkey.proxy.switching.SwitchFollower;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** A proxy with a route is healthy, whether Redis is there or not; without one it is not in use. */
@Component
class SwitchHealthIndicator implements HealthIndicator {

  private final Gate gate;
  private final SwitchFollower follower;

  SwitchHealthIndicator(Gate gate, SwitchFollower follower) {
    this.gate = gate;
    this.follower = follower;
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
    return health.withDetail("redisConnected", follower.connected()).build();
  }
}
