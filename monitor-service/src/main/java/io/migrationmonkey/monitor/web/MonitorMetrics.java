package io.migrationmonkey.monitor.web;

import io.micrometer.core.instrument.FunctionCounter;
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
        "monkey.memory.left.seconds",
        "Until memory is used up if it goes on growing so",
        seen ->
            seen.judgement().secondsLeft() == null ? Double.NaN : seen.judgement().secondsLeft());
    for (Signal signal : Signal.values()) {
      signal(meters, signal);
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

  /** Those of one unit are one metric, so that sums over it mean something. */
  private void signal(MeterRegistry meters, Signal signal) {
    switch (signal) {
      case HOST_SOME_STALL -> stall(meters, signal, "host", "some");
      case HOST_FULL_STALL -> stall(meters, signal, "host", "full");
      case OWN_SOME_STALL -> stall(meters, signal, "own", "some");
      case OWN_FULL_STALL -> stall(meters, signal, "own", "full");
      case SWAP_TOTAL -> bytes(meters, signal, "monkey.swap.total.bytes", "Swap that there is");
      case SWAP_USED -> bytes(meters, signal, "monkey.swap.used.bytes", "Swap that is used");
      case SWAPPED_IN -> pages(meters, signal, "in");
      case SWAPPED_OUT -> pages(meters, signal, "out");
      case MAJOR_FAULTS ->
          counter("monkey.memory.major.faults", signal, 1)
              .description("Page faults of the host that waited for a disk")
              .register(meters);
      case HOST_OOM_KILLS -> kills(meters, signal, "host");
      case OWN_OOM_KILLS -> kills(meters, signal, "own");
      case ZFS_RECLAIMABLE ->
          bytes(
              meters,
              signal,
              "monkey.memory.zfs.reclaimable.bytes",
              "What ZFS would give back of its cache");
      case WORKING_SET ->
          bytes(
              meters,
              signal,
              "monkey.memory.working.set.bytes",
              "Usage of the cgroup whose limit counts, less its inactive file pages");
    }
  }

  private void stall(MeterRegistry meters, Signal signal, String scope, String kind) {
    counter("monkey.memory.stall.seconds", signal, 1e-6)
        .description("Time in which some task, or all tasks, waited for memory")
        .tag("scope", scope)
        .tag("kind", kind)
        .register(meters);
  }

  private void pages(MeterRegistry meters, Signal signal, String direction) {
    counter("monkey.swap.pages", signal, 1)
        .description("Pages that came from swap or went there")
        .tag("direction", direction)
        .register(meters);
  }

  private void kills(MeterRegistry meters, Signal signal, String scope) {
    counter("monkey.memory.oom.kills", signal, 1)
        .description("Processes that the kernel killed for want of memory")
        .tag("scope", scope)
        .register(meters);
  }

  private void bytes(MeterRegistry meters, Signal signal, String name, String description) {
    gauge(meters, name, description, () -> value(signal));
  }

  private FunctionCounter.Builder<MonitorMetrics> counter(
      String name, Signal signal, double scale) {
    return FunctionCounter.builder(name, this, metrics -> metrics.value(signal) * scale)
        .tag("server", server.toString());
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
