package io.migrationmonkey.proxy.routing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.proxy.BackgroundLoop;
import io.migrationmonkey.proxy.ProxySettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Tells Redis what this proxy does: at once when the gate changes, and every second otherwise. What
 * it tells is in the snapshot first: no report says what a restart would forget. (A machine that
 * loses its power may forget the last second of it.)
 *
 * <p>It has a thread and a connection of its own, so traffic never waits for it. Changes that come
 * while it writes are told together by the next report: nothing queues up.
 */
@Component
public final class RouteReporter extends BackgroundLoop {

  private static final Logger log = LoggerFactory.getLogger(RouteReporter.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final RedisClient redis;
  private final Gate gate;
  private final RouteSnapshot snapshot;
  private final Clock clock;
  private final String proxy;
  private @Nullable StatefulRedisConnection<String, String> connection;
  private boolean failing;

  RouteReporter(
      RedisClient redis, Gate gate, RouteSnapshot snapshot, Clock clock, ProxySettings settings) {
    super("route-reporter", Duration.ofSeconds(3));
    this.redis = redis;
    this.gate = gate;
    this.snapshot = snapshot;
    this.clock = clock;
    this.proxy = settings.name();
    gate.watch(this::wake);
  }

  /** Tells until it is stopped, and then takes the report away: nobody need wait for this proxy. */
  @Override
  protected void work() throws InterruptedException {
    while (isRunning()) {
      GateState state = gate.state();
      snapshot.keep(state);
      attempt(() -> report(connected(), state));
      awaitNews(PERIOD);
    }
    attempt(() -> connected().sync().del(ProxyReport.key(proxy)));
    disconnect();
  }

  private void attempt(Runnable write) {
    try {
      write.run();
      if (failing) {
        failing = false;
        log.info("Reports about this proxy reach Redis again");
      }
    } catch (RedisException e) {
      disconnect();
      if (!failing) {
        failing = true;
        log.warn(
            "Can't report to Redis ({}); traffic goes on, migrations can't see this proxy. Trying"
                + " every {} ms",
            e.getMessage(),
            PERIOD.toMillis());
      }
    }
  }

  private void report(StatefulRedisConnection<String, String> to, GateState state) {
    ProxyReport report =
        new ProxyReport(
            proxy,
            state.active(),
            state.epoch(),
            state.holding(),
            state.allInFlight(),
            state.waiting(),
            state.held(),
            state.longestStall().toMillis(),
            clock.instant(),
            state.inFlight().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> (long) each.getValue())));
    to.sync()
        .set(
            ProxyReport.key(proxy),
            Wire.write(report),
            SetArgs.Builder.px(ProxyReport.TTL.toMillis()));
  }

  private StatefulRedisConnection<String, String> connected() {
    StatefulRedisConnection<String, String> open = connection;
    if (open == null) {
      open = redis.connect();
      connection = open;
    }
    return open;
  }

  private void disconnect() {
    StatefulRedisConnection<String, String> open = connection;
    connection = null;
    if (open != null) {
      var _ = open.closeAsync();
    }
  }
}
