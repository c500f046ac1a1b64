package io.migrationmonkey.proxy.routing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.migrationmonkey.contract.ServerName;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RoutingConfiguration {

  @Bean
  Gate gate(GateSettings settings, Clock clock) {
    return new Gate(settings, clock);
  }

  /** Read when Prometheus asks, so that a request pays nothing for them. */
  @Bean
  MeterBinder gateMetrics(Gate gate) {
    return registry -> {
      for (ServerName server : ServerName.values()) {
        Gauge.builder("monkey_switch_active", gate, g -> g.state().active() == server ? 1 : 0)
            .description("1 for the server that requests go to")
            .tag("server", server.toString())
            .register(registry);
        Gauge.builder("monkey_requests_in_flight", gate, g -> g.state().inFlight().get(server))
            .description("Requests sent to the server and not answered in full")
            .tag("server", server.toString())
            .register(registry);
      }
      Gauge.builder("monkey_switch_epoch", gate, g -> g.state().epoch())
          .description("Epoch of the route that is followed; 0 while none is known")
          .register(registry);
      Gauge.builder("monkey_requests_waiting", gate, g -> g.state().waiting())
          .description("Requests that wait at the gate now")
          .register(registry);
      Gauge.builder("monkey_holding", gate, g -> g.state().hold() == null ? 0 : 1)
          .description("1 while a hold stands")
          .register(registry);
    };
  }
}
