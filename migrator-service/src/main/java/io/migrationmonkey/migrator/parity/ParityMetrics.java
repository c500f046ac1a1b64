package io.migrationmonkey.migrator.parity;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** Parity as metrics: no number where it is not known. */
@Component
class ParityMetrics implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(ParityMetrics.class);

  private static final Duration EVERY = Duration.ofSeconds(5);

  private final ParityDesk desk;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("parity-metrics").factory());
  private volatile @Nullable ParityReport latest;

  ParityMetrics(ParityDesk desk, MeterRegistry meters) {
    this.desk = desk;
    gauge(
        meters,
        "monkey.parity.data.age",
        "seconds",
        "Age of the standby's copy of the data",
        report -> orNothing(report.data().ageSeconds()));
    gauge(
        meters,
        "monkey.parity.packages.missing",
        null,
        "Packages of the active server that the standby lacks",
        report -> size(report, ParityReading.Packages::missing));
    gauge(
        meters,
        "monkey.parity.packages.different",
        null,
        "Packages that are older on the standby",
        report -> size(report, ParityReading.Packages::different));
    gauge(
        meters,
        "monkey.standby.ready",
        null,
        "1 when only the last changes would have to move",
        report -> report.ready() ? 1 : 0);
    var _ = timer.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      latest = desk.report();
    } catch (RuntimeException e) {
      log.debug("parity is not known: {}", e.getMessage());
      latest = null;
    }
  }

  private void gauge(
      MeterRegistry meters,
      String name,
      @Nullable String unit,
      String description,
      ToDoubleFunction<ParityReport> value) {
    Gauge.builder(
            name,
            this,
            metrics -> {
              ParityReport report = metrics.latest;
              return report == null ? Double.NaN : value.applyAsDouble(report);
            })
        .baseUnit(unit)
        .description(description)
        .register(meters);
  }

  private static double size(
      ParityReport report,
      java.util.function.Function<ParityReading.Packages, List<String>> which) {
    ParityReading read = report.read();
    return read == null || read.packages() == null || read.active() != report.active()
        ? Double.NaN
        : which.apply(read.packages()).size();
  }

  private static double orNothing(@Nullable Long number) {
    return number == null ? Double.NaN : number;
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
