package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.journal.MigrationView.StepOutcome;
import io.migrationmonkey.migrator.journal.MigrationView.StepView;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** What migrations came to and how long they took; every meter exists from the start, at zero. */
final class MigrationMetrics {

  private final MeterRegistry meters;

  MigrationMetrics(MeterRegistry meters, BooleanSupplier busy) {
    this.meters = meters;
    Gauge.builder("monkey.migrator.busy", () -> busy.getAsBoolean() ? 1 : 0)
        .description("1 while this migrator runs a migration or reboots a server")
        .register(meters);
    for (State state : State.values()) {
      if (state != State.RUNNING) {
        for (Trigger trigger : Trigger.values()) {
          migrations(state, trigger);
        }
      }
      if (state != State.RUNNING && state != State.DRY_RUN_DONE) {
        duration(state);
      }
    }
    for (Step step : Step.values()) {
      step(step);
    }
    stall();
  }

  void ended(State state, Trigger trigger) {
    migrations(state, trigger).increment();
  }

  /** A dry run moves nothing, so its times say nothing of a migration's. */
  void measure(MigrationView view) {
    if (view.endedAt() == null || view.state() == State.DRY_RUN_DONE) {
      return;
    }
    duration(view.state()).record(Duration.between(view.startedAt(), view.endedAt()));
    for (StepView step : view.steps()) {
      if (step.outcome() == StepOutcome.DONE && step.ms() != null) {
        step(step.name()).record(Duration.ofMillis(step.ms()));
      }
    }
    if (view.longestStallMs() != null) {
      stall().record(Duration.ofMillis(view.longestStallMs()));
    }
  }

  private Counter migrations(State state, Trigger trigger) {
    return Counter.builder("monkey.migrations")
        .description("Migrations that ended, by how and by who ordered them")
        .tag("state", label(state))
        .tag("trigger", label(trigger))
        .register(meters);
  }

  private Timer duration(State state) {
    return Timer.builder("monkey.migration.duration")
        .description("From a migration's order to its end, by how it ended")
        .tag("state", label(state))
        .register(meters);
  }

  private Timer step(Step step) {
    return Timer.builder("monkey.migration.step")
        .description("How long the steps of migrations took that were done")
        .tag("step", label(step))
        .register(meters);
  }

  private Timer stall() {
    return Timer.builder("monkey.migration.stall")
        .description("How long the request waited that waited longest in a migration")
        .register(meters);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
