package io.migrationmonkey.migrator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.MigrationView.StepOutcome;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrationViewTest {

  private static final Instant T0 = Instant.parse("2026-01-01T02:00:00Z");

  private static final JournalEntry ORDERED =
      new JournalEntry(
          T0,
          Kind.ORDERED,
          null,
          "memory",
          Map.of(
              Fact.TRIGGER, "MONITOR",
              Fact.FROM, "production",
              Fact.TO, "backup",
              Fact.REASON, "memory"));

  @Test
  void aJournalTellsWhichStepIsUnderWay() {
    MigrationView view =
        MigrationView.of(
            "m1",
            List.of(
                ORDERED,
                step(1, Kind.STARTED, Step.CHECK_SERVERS, ""),
                step(3, Kind.DONE, Step.CHECK_SERVERS, "fine"),
                step(3, Kind.STARTED, Step.EXCHANGE_KEYS, "")));
    assertThat(view.state()).isEqualTo(State.RUNNING);
    assertThat(view.step()).isEqualTo(Step.EXCHANGE_KEYS);
    assertThat(view.steps().getFirst().ms()).isEqualTo(2000);
    assertThat(view.steps().getLast().outcome()).isEqualTo(StepOutcome.RUNNING);
    assertThat(view.from()).isEqualTo(ServerName.PRODUCTION);
  }

  @Test
  void theReceiptIsMadeOfTheFactsOfItsSteps() {
    MigrationView view =
        MigrationView.of(
            "m1",
            List.of(
                ORDERED,
                step(1, Kind.STARTED, Step.INSTALL_PACKAGES, ""),
                new JournalEntry(
                    T0,
                    Kind.DONE,
                    Step.INSTALL_PACKAGES,
                    "",
                    Map.of(Fact.PACKAGES_INSTALLED, "88")),
                new JournalEntry(
                    T0.plusSeconds(9), Kind.ENDED, null, "", Map.of(Fact.STATE, "SUCCEEDED"))));
    assertThat(view.packagesInstalled()).isEqualTo(88);
    assertThat(view.state()).isEqualTo(State.SUCCEEDED);
    assertThat(view.step()).isNull();
    assertThat(view.endedAt()).isEqualTo(T0.plusSeconds(9));
  }

  @Test
  void entriesSurviveTheWire() {
    assertThat(Wire.read(Wire.write(ORDERED), JournalEntry.class)).isEqualTo(ORDERED);
  }

  @Test
  void aJournalWithoutItsOrderIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> MigrationView.of("m1", List.of(step(1, Kind.STARTED, Step.COPY_DATA, ""))))
        .withMessageContaining("m1");
  }

  private static JournalEntry step(long seconds, Kind kind, Step step, String text) {
    return new JournalEntry(T0.plusSeconds(seconds), kind, step, text, Map.of());
  }
}
