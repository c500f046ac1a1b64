package io.migrationmonkey.proxy.forwarding;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
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
    BROKEN;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What does not end by itself. */
  enum LongLivedKind {
    WEBSOCKET,
    EVENT_STREAM
  }

  private final Counter[] requests;
  private final Counter[] refusals;
  private final Counter[] retries;
  private final Counter held;
  private final Timer holdTime;
  private final Counter[] longLived;
  private final Timer firstByte;
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();
  final ConnectionMetrics connections;

  TrafficMetrics(MeterRegistry registry) {
    connections = new ConnectionMetrics(registry);
    requests =
        counters(
            registry,
            "monkey_requests",
            "Requests, by how they ended",
            "outcome",
            Outcome.values());
    refusals =
        counters(
            registry,
            "monkey_refusals",
            "Requests that the proxy answered itself, by why",
            "reason",
            Problem.Kind.values());
    retries =
        counters(
            registry,
            "monkey_retries",
            "Requests that were sent once more, by how far the first attempt got",
            "reason",
            RetryRule.Reach.values());
    held =
        Counter.builder("monkey_requests_held")
            .description("Requests that waited at the gate and were let through")
            .register(registry);
    holdTime =
        Timer.builder("monkey_hold")
            .description("How long each held request waited")
            .register(registry);
    longLived =
        counters(
            registry,
            "monkey_long_lived_ended",
            "WebSockets and event streams that the proxy ended, since they do not end by themselves",
            "kind",
            LongLivedKind.values());
    firstByte =
        Timer.builder("monkey_first_byte")
            .description("From a request's header to the first byte of its answer, less the hold")
            .serviceLevelObjectives(
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10))
            .register(registry);
    FunctionCounter.builder("monkey_body_bytes", bytesIn, LongAdder::sum)
        .description("Bytes of bodies that went through")
        .tag("direction", "in")
        .register(registry);
    FunctionCounter.builder("monkey_body_bytes", bytesOut, LongAdder::sum)
        .description("Bytes of bodies that went through")
        .tag("direction", "out")
        .register(registry);
    Gauge.builder("monkey_connections", open, AtomicInteger::get)
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
    return open.incrementAndGet();
  }

  void longLivedEnded(LongLivedKind kind) {
    longLived[kind.ordinal()].increment();
  }

  void firstByte(long nanos) {
    firstByte.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  void bytes(long in, long out) {
    if (in > 0) {
      bytesIn.add(in);
    }
    bytesOut.add(out);
  }

  void connectionClosed() {
    open.decrementAndGet();
  }

  private static Counter[] counters(
      MeterRegistry registry, String name, String description, String label, Enum<?>[] values) {
    return Arrays.stream(values)
        .map(value ->
            Counter.builder(name)
                .description(description)
                .tag(label, value.name().toLowerCase(Locale.ROOT))
                .register(registry))
        .toArray(Counter[]::new);
  }
}
