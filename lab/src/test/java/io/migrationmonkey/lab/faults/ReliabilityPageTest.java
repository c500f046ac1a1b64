package io.migrationmonkey.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReliabilityPageTest {

  @Test
  void theTableStandsBetweenItsMarksAndReplacesTheOneBefore() {
    String page = "# Title\n" + ReliabilityPage.BEGIN + "\nold\n" + ReliabilityPage.END + "\nend\n";
    String once = ReliabilityPage.with(page, List.of(result(0, List.of())));
    assertThat(once).startsWith("# Title\n").endsWith("\nend\n").doesNotContain("old");
    assertThat(once)
        .contains(
            "| before COPY_DATA | ROLLED_BACK | 0 of 660 | 0.3 s | 12.8 s | 328 / 0 / 0 | never in"
                + " 618 looks | SUCCEEDED |");
    assertThat(ReliabilityPage.with(once, List.of(result(0, List.of())))).isEqualTo(once);
  }

  @Test
  void aPageWithoutAPlaceForItIsRefused() {
    assertThatThrownBy(() -> ReliabilityPage.with("# Title", List.of()))
        .hasMessageContaining(ReliabilityPage.BEGIN);
  }

  @Test
  void aBrokenPromiseStandsOut() {
    List<String> lines = ReliabilityPage.lines(List.of(result(2, List.of("both | at\nwork"))));
    assertThat(lines).anyMatch(line -> line.contains("**BROKEN**") && line.contains("2 of 618"));
    assertThat(lines).contains("- `KILL_MIGRATOR@COPY_DATA.before`: both \\| at work");
    assertThat(lines).contains("Commit: 1234567 (1 cases).");
    assertThat(lines.getFirst()).startsWith("1 cases, in 0 of them every promise was kept");
  }

  private static CaseResult result(int both, List<String> broken) {
    return new CaseResult(
        "1234567",
        "KILL_MIGRATOR@COPY_DATA.before",
        "the migrator is killed",
        "COPY_DATA.before",
        "ROLLED_BACK",
        "the migrator stopped",
        660,
        0,
        0,
        268,
        12_808,
        328,
        0,
        0,
        618,
        both,
        "backup",
        "SUCCEEDED",
        broken);
  }
}
