package io.migrationmonkey.proxy.forwarding;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ServerName;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * How both servers are, as requests find them and as the checks do. It is told and shown, and moves
 * no traffic: the switch alone says where that goes.
 */
@Component
public final class ServerHealth {

  private static final Logger log = LoggerFactory.getLogger(ServerHealth.class);

  /**
   * One server at one moment.
   *
   * @param reachable false since the last attempt to connect for a request failed
   * @param errorsInARow requests that it failed since it answered one
   * @param lastError what the latest of them died of; null where there was none
   * @param healthy what the checks say; null as long as they have not said
   * @param problem what the latest check complained of, or null
   */
  public record State(
      boolean reachable,
      int errorsInARow,
      @Nullable String lastError,
      @Nullable Boolean healthy,
      @Nullable String problem) {}

  private static final class Seen {
    private volatile boolean reachable = true;
    private volatile int errorsInARow;
    private volatile @Nullable String lastError;
    private volatile CheckVerdict verdict = CheckVerdict.UNKNOWN;
    private final Map<Problem.Kind, Counter> errors = new EnumMap<>(Problem.Kind.class);
  }

  private final UpstreamSettings upstreams;
  private final Map<ServerName, Seen> servers = new EnumMap<>(ServerName.class);

  ServerHealth(UpstreamSettings upstreams, MeterRegistry metrics) {
    this.upstreams = upstreams;
    for (ServerName server : ServerName.values()) {
      Seen seen = new Seen();
      servers.put(server, seen);
      Gauge.builder("monkey_upstream_reachable", seen, s -> s.reachable ? 1 : 0)
          .description("0 since the last attempt to connect to the server for a request failed")
          .tag("server", server.toString())
          .register(metrics);
      Gauge.builder("monkey_upstream_healthy", seen, s -> s.verdict.asNumber())
          .description(
              "What the checks say of the server; not a number as long as they say nothing")
          .tag("server", server.toString())
          .register(metrics);
      for (Problem.Kind kind : Problem.Kind.values()) {
        if (kind.isServers()) {
          seen.errors.put(
              kind,
              Counter.builder("monkey_upstream_errors")
                  .description("Attempts to have a request answered that failed at the server")
                  .tag("server", server.toString())
                  .tag("reason", kind.reason())
                  .register(metrics));
        }
      }
    }
  }

  /** The server as it is now. */
  public State of(ServerName server) {
    Seen seen = seen(server);
    CheckVerdict verdict = seen.verdict;
    return new State(
        seen.reachable, seen.errorsInARow, seen.lastError, verdict.healthy(), verdict.problem());
  }

  void connectFailed(ServerName server, String why) {
    Seen seen = seen(server);
    boolean news = seen.reachable;
    seen.reachable = false;
    if (news) {
      log.warn(
          "Can't connect to {} ({}): {}. Requests are tried again; is the application running?",
          server,
          upstreams.of(server),
          why);
    }
  }

  void connected(ServerName server) {
    Seen seen = seen(server);
    if (!seen.reachable) {
      seen.reachable = true;
      log.info("{} ({}) can be reached again", server, upstreams.of(server));
    }
  }

  /** An attempt to have a request answered failed at the server. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // A reading for people: near enough.
  void failed(ServerName server, Problem.Kind kind, String why) {
    Seen seen = seen(server);
    seen.errorsInARow++;
    seen.lastError = kind.reason() + ": " + why;
    Counter counter = seen.errors.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }

  void answered(ServerName server) {
    Seen seen = seen(server);
    if (seen.errorsInARow > 0) {
      seen.errorsInARow = 0;
    }
  }

  CheckVerdict verdict(ServerName server) {
    return seen(server).verdict;
  }

  void judged(ServerName server, CheckVerdict verdict) {
    Boolean before = seen(server).verdict.healthy();
    seen(server).verdict = verdict;
    if (Objects.equals(before, verdict.healthy())) {
      return;
    }
    if (Boolean.TRUE.equals(verdict.healthy())) {
      log.info("{} ({}) passes its checks", server, upstreams.of(server));
    } else {
      log.info(
          "{} ({}) fails its checks: {}. Traffic stays where the switch says",
          server,
          upstreams.of(server),
          verdict.problem());
    }
  }

  private Seen seen(ServerName server) {
    return Objects.requireNonNull(servers.get(server));
  }
}
