package io.migrationmonkey.proxy.forwarding;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Counts of what became of requests; every meter exists from the start, at zero. */
@Component
@SuppressWarnings("EnumOrdinal") // An index into an array of the same enum, never kept.
final class TrafficMetrics {

  /** How a request ended. */
  enum Outcome {
    /** A server's response went out in full. */
    ANSWERED,
    /** The proxy answered itself; {@code monkey_refusals_total} says why. */
    REFUSED,
    /** The client left before the end. */
    ABANDONED,
    /** A server's response broke off, and the client's was broken off too. */
    BROKEN
  }

  private final Counter[] requests;
  private final Counter[] refusals;
  private final Counter[] retries;
  private final Counter held;
  private final Timer holdTime;
  private final Counter connectionsRefused;
  private final AtomicInteger connections = new AtomicInteger();

  TrafficMetrics(MeterRegistry registry) {
    requests = counters(registry, "monkey_requests", "outcome", Outcome.values());
    refusals = counters(registry, "monkey_refusals", "reason", Problem.Kind.values());
    retries = counters(registry, "monkey_retries", "reason", RetryRule.Reach.values());
    held =
        Counter.builder("monkey_requests_held")
            .description("Requests that waited at the gate and were let through")
            .register(registry);
    holdTime =
        Timer.builder("monkey_hold")
            .description("How long each held request waited")
            .register(registry);
    connectionsRefused =
        Counter.builder("monkey_connections_refused")
            .description("Connections closed at once because there were too many")
            .register(registry);
    Gauge.builder("monkey_connections", connections, AtomicInteger::get)
        .description("Clients' connections that are open")
        .register(registry);
  }

  void ended(Outcome outcome) {
    requests[outcome.ordinal()].increment();
  }

  void refused(Problem.Kind kind) {
    refusals[kind.ordinal()].increment();
  }

  void retried(RetryRule.Reach reach) {
    retries[reach.ordinal()].increment();
  }

  void held(Duration waited) {
    held.increment();
    holdTime.record(waited);
  }

  int connectionOpened() {
    return connections.incrementAndGet();
  }

  void connectionRefused() {
    connectionsRefused.increment();
  }

  void connectionClosed() {
    connections.decrementAndGet();
  }

  private static Counter[] counters(
      MeterRegistry registry, String name, String label, Enum<?>[] values) {
    return Arrays.stream(values)
        .map(value ->
            Counter.builder(name)
                .tag(label, value.name().toLowerCase(Locale.ROOT))
                .register(registry))
        .toArray(Counter[]::new);
  }
}
