package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MigrationMetricsTest {

  private static final Instant START = Instant.parse("2026-01-01T02:00:00Z");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MigrationMetrics metrics = new MigrationMetrics(meters, () -> false);

  @Test
  void everyStepAndEveryEndIsThereBeforeItHappens() {
    for (Step step : Step.values()) {
      assertThat(step(step).count()).isZero();
    }
    assertThat(meters.get("monkey.migrations").counters()).hasSize(7 * 3);
    assertThat(meters.get("monkey.migrator.busy").gauge().value()).isZero();
  }

  @Test
  void aMigrationIsMeasuredAsAWholeAndByTheStepsThatWereDone() {
    metrics.measure(ended(State.ROLLED_BACK));
    Timer whole = meters.get("monkey.migration.duration").tag("state", "rolled_back").timer();
    assertThat(whole.totalTime(TimeUnit.SECONDS)).isEqualTo(9);
    assertThat(step(Step.CHECK_SERVERS).totalTime(TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(step(Step.COPY_DATA).count()).as("it failed").isZero();
    Timer stall = meters.get("monkey.migration.stall").timer();
    assertThat(stall.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(450);
  }

  @Test
  void aDryRunIsCountedAndNotMeasured() {
    metrics.ended(State.DRY_RUN_DONE, Trigger.HAND);
    metrics.measure(ended(State.DRY_RUN_DONE));
    assertThat(
            meters
                .get("monkey.migrations")
                .tags("state", "dry_run_done", "trigger", "hand")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(step(Step.CHECK_SERVERS).count()).isZero();
  }

  private Timer step(Step step) {
    return meters
        .get("monkey.migration.step")
        .tag("step", step.name().toLowerCase(java.util.Locale.ROOT))
        .timer();
  }

  private static MigrationView ended(State state) {
    return MigrationView.of(
        "m1",
        List.of(
            entry(
                0,
                Kind.ORDERED,
                null,
                Map.of(
                    Fact.TRIGGER,
                    "HAND",
                    Fact.FROM,
                    "production",
                    Fact.TO,
                    "backup",
                    Fact.REASON,
                    "kernel")),
            entry(1, Kind.STARTED, Step.CHECK_SERVERS, Map.of()),
            entry(3, Kind.DONE, Step.CHECK_SERVERS, Map.of()),
            entry(4, Kind.STARTED, Step.COPY_DATA, Map.of()),
            entry(8, Kind.FAILED, Step.COPY_DATA, Map.of(Fact.LONGEST_STALL_MS, "450")),
            entry(9, Kind.ENDED, null, Map.of(Fact.STATE, state.name()))));
  }

  private static JournalEntry entry(
      int second, Kind kind, @Nullable Step step, Map<Fact, String> facts) {
    return new JournalEntry(START.plusSeconds(second), kind, step, "", facts);
  }
}
