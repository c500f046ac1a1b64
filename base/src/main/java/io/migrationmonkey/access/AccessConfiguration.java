package io.migrationmonkey.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** Puts the filter before everything that a service answers: it need only have this module. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(AccessSettings.class)
public class AccessConfiguration {

  /** Where the filter stands among the others. */
  public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

  private static final Set<String> HEALTH =
      Set.of("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness");

  @Bean
  Gatekeeper gatekeeper(
      AccessSettings settings, ObjectProvider<Clock> clock, ObjectProvider<MeterRegistry> meters) {
    return new Gatekeeper(
        new TokenFile(settings.tokens()),
        new FailedLogins(clock.getIfAvailable(Clock::systemUTC)),
        meters.getIfAvailable(SimpleMeterRegistry::new));
  }

  @Bean
  FilterRegistrationBean<AccessFilter> accessFilter(
      AccessSettings settings, Gatekeeper gatekeeper, ObjectProvider<Doorway> doorway) {
    Set<String> open = new HashSet<>(HEALTH);
    if (settings.openMetrics()) {
      open.add("/actuator/prometheus");
    }
    FilterRegistrationBean<AccessFilter> filter =
        new FilterRegistrationBean<>(
            new AccessFilter(gatekeeper, open, doorway.getIfAvailable(() -> path -> false)));
    // Behind what sets the encoding and measures, before all that answers.
    filter.setOrder(ORDER);
    return filter;
  }
}
