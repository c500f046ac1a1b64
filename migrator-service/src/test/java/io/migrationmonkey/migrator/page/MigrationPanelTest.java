package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.page.MigrationPanel.StepRow;
import io.migrationmonkey.migrator.page.Snapshot.Followed;
import io.migrationmonkey.migrator.plan.Step;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrationPanelTest {

  @Test
  void whatRunsShowsAllTwelveStepsAndHowFarTheCurrentOneIs() {
    Followed running =
        Scene.journal(
            false,
            Scene.entry(59, Kind.STARTED, Step.CHECK_SERVERS, "", Map.of()),
            Scene.entry(58, Kind.DONE, Step.CHECK_SERVERS, "fine", Map.of()),
            Scene.entry(10, Kind.STARTED, Step.COPY_DATA, "", Map.of()),
            Scene.entry(
                1,
                Kind.PROGRESS,
                Step.COPY_DATA,
                "round 1: 412 of 1024 MB (40 %), 86 MB/s, 7 s left",
                Map.of()));
    MigrationPanel panel = MigrationPanel.of(running, Scene.NOW);
    assertThat(panel.runs()).isTrue();
    assertThat(panel.steps()).hasSize(12);
    StepRow copying = panel.steps().get(3);
    assertThat(copying.current()).isTrue();
    assertThat(copying.progress()).isEqualTo(40);
    assertThat(copying.detail()).contains("86 MB/s").contains("7 s left");
    assertThat(copying.took()).isEqualTo("10.0 s");
    assertThat(panel.steps().get(4).state()).isEqualTo("to come");
    assertThat(panel.steps().get(0).state()).isEqualTo("done");
  }

  @Test
  void aReceiptHasTheStallTheRequestsAndTheTimeOfEachStep() {
    MigrationPanel panel = MigrationPanel.of(Scene.succeeded(), Scene.NOW);
    assertThat(panel.state()).isEqualTo("succeeded");
    assertThat(panel.figures())
        .extracting(MigrationPanel.Figure::value)
        .contains("40 s", "113", "1.2 s", "200 MB");
    assertThat(panel.steps()).extracting(StepRow::bar).containsExactly(3L, 100L);
    assertThat(panel.why()).isEqualTo("\u201cmemory\u201d, ordered by ann");
  }

  @Test
  void ofALongLogTheNewestLinesAreShown() {
    var lines = new io.migrationmonkey.migrator.journal.JournalEntry[101];
    lines[0] = Scene.entry(100, Kind.STARTED, Step.COPY_DATA, "", Map.of());
    for (int i = 1; i < lines.length; i++) {
      lines[i] = Scene.entry(100 - i, Kind.PROGRESS, Step.COPY_DATA, "line " + i, Map.of());
    }
    StepRow row = MigrationPanel.of(Scene.journal(false, lines), Scene.NOW).steps().get(3);
    assertThat(row.entries()).hasSize(60);
    assertThat(row.entries().getLast().text()).isEqualTo("line 100");
  }

  @Test
  void aDryRunIsCalledOne() {
    assertThat(MigrationPanel.of(Scene.journal(true), Scene.NOW).heading())
        .isEqualTo("Dry run production \u2192 backup");
  }
}
