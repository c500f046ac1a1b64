package io.migrationmonkey.monitor.web;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.memory.Signal;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.watch.Sighting;
import io.migrationmonkey.monitor.watch.Watch;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** What Prometheus scrapes. A figure that is not known now is NaN, never the last one or zero. */
@Component
final class MonitorMetrics implements MeterBinder {

  private final ServerName server;
  private final Watch watch;
  private final RedisLink redis;

  MonitorMetrics(ServerName server, Watch watch, RedisLink redis) {
    this.server = server;
    this.watch = watch;
    this.redis = redis;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    seen(
        meters,
        "monkey.memory.used.ratio",
        "Memory that can't be reclaimed, over all there is",
        seen -> seen.reading().usedRatio());
    seen(
        meters,
        "monkey.memory.used.bytes",
        "Memory that can't be reclaimed",
        seen -> seen.reading().usedBytes());
    seen(
        meters,
        "monkey.memory.total.bytes",
        "Memory of the host, or the container's limit where that is tighter",
        seen -> seen.reading().totalBytes());
    seen(
        meters,
        "monkey.pressure.exhausted",
        "1 while memory counts as exhausted",
        seen -> seen.judgement().verdict() == Verdict.EXHAUSTED ? 1 : 0);
    seen(
        meters,
        "monkey.pressure.strained",
        "1 while memory counts as strained, or worse",
        seen -> seen.judgement().verdict() == Verdict.CALM ? 0 : 1);
    seen(
        meters,
        "monkey.memory.seconds.left",
        "Until memory is used up if it goes on growing so",
        seen ->
            seen.judgement().secondsLeft() == null ? Double.NaN : seen.judgement().secondsLeft());
    for (Signal signal : Signal.values()) {
      Gauge.builder("monkey.memory.signal", () -> value(signal))
          .description("What else the kernel says of memory")
          .tag("server", server.toString())
          .tag("signal", signal.label())
          .register(meters);
    }
    gauge(
        meters,
        "monkey.memory.readable",
        "0 while the memory can't be read",
        () -> watch.latest() instanceof Sighting.Seen ? 1 : 0);
    gauge(
        meters,
        "monkey.redis.connected",
        "1 while Redis takes the reports",
        () -> redis.connected() ? 1 : 0);
  }

  private void seen(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<Sighting.Seen> figure) {
    gauge(
        meters,
        name,
        description,
        () ->
            watch.latest() instanceof Sighting.Seen seen ? figure.applyAsDouble(seen) : Double.NaN);
  }

  private double value(Signal signal) {
    if (watch.latest() instanceof Sighting.Seen seen) {
      OptionalLong value = seen.reading().value(signal);
      return value.isPresent() ? value.getAsLong() : Double.NaN;
    }
    return Double.NaN;
  }

  private void gauge(
      MeterRegistry meters, String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tag("server", server.toString())
        .register(meters);
  }
}
