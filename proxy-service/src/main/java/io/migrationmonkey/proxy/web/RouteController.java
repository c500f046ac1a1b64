package io.migrationmonkey.proxy.web;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.ProxySettings;
import io.migrationmonkey.proxy.forwarding.ServerHealth;
import io.migrationmonkey.proxy.forwarding.UpstreamSettings;
import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.GateState;
import io.migrationmonkey.proxy.routing.Hold;
import io.migrationmonkey.proxy.switching.SwitchFollower;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where traffic goes now. */
@RestController
class RouteController {

  private final Gate gate;
  private final SwitchFollower follower;
  private final ProxySettings proxy;
  private final UpstreamSettings upstreams;
  private final ServerHealth health;
  private final Clock clock;

  RouteController(
      Gate gate,
      SwitchFollower follower,
      ProxySettings proxy,
      UpstreamSettings upstreams,
      ServerHealth health,
      Clock clock) {
    this.gate = gate;
    this.follower = follower;
    this.proxy = proxy;
    this.upstreams = upstreams;
    this.health = health;
    this.clock = clock;
  }

  @GetMapping("/api/route")
  RouteView route() {
    GateState state = gate.state();
    return new RouteView(
        proxy.name(),
        state.active(),
        state.epoch(),
        state.holding(),
        secondsLeft(state.hold()),
        state.allInFlight(),
        state.waiting(),
        follower.connected(),
        Arrays.stream(ServerName.values()).map(server -> upstream(server, state)).toList());
  }

  private RouteView.Upstream upstream(ServerName server, GateState state) {
    ServerHealth.State seen = health.of(server);
    return new RouteView.Upstream(
        server,
        upstreams.of(server).toString(),
        server == state.active(),
        Objects.requireNonNull(state.inFlight().get(server)),
        seen.reachable(),
        seen.errorsInARow(),
        seen.lastError(),
        seen.healthy(),
        seen.problem());
  }

  private @Nullable Double secondsLeft(@Nullable Hold hold) {
    return hold == null
        ? null
        : Math.max(0, Duration.between(clock.instant(), hold.until()).toMillis()) / 1000.0;
  }
}
