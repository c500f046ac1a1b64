package io.migrationmonkey.proxy.forwarding;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ServerName;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Says once when a server can't be reached any more, and once when it can again. */
@Component
final class Reachability {

  private static final Logger log = LoggerFactory.getLogger(Reachability.class);

  private final UpstreamSettings upstreams;
  private final AtomicBoolean production = new AtomicBoolean(true);
  private final AtomicBoolean backup = new AtomicBoolean(true);

  Reachability(UpstreamSettings upstreams, MeterRegistry metrics) {
    this.upstreams = upstreams;
    for (ServerName server : ServerName.values()) {
      Gauge.builder("monkey_upstream_reachable", reachable(server), up -> up.get() ? 1 : 0)
          .description("0 since the last attempt to connect to the server failed")
          .tag("server", server.toString())
          .register(metrics);
    }
  }

  void failed(ServerName server, String why) {
    if (reachable(server).compareAndSet(true, false)) {
      log.warn(
          "Can't connect to {} ({}): {}. Requests are tried again; is the application running?",
          server,
          upstreams.of(server),
          why);
    }
  }

  void succeeded(ServerName server) {
    if (!reachable(server).get() && reachable(server).compareAndSet(false, true)) {
      log.info("{} ({}) can be reached again", server, upstreams.of(server));
    }
  }

  private AtomicBoolean reachable(ServerName server) {
    return server == ServerName.PRODUCTION ? production : backup;
  }
}
