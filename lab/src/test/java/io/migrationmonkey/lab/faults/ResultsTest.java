package io.migrationmonkey.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

  private static final List<FaultCase> CASES = FaultMatrix.all().subList(0, 2);

  @TempDir Path folder;

  @Test
  void aRunOfOneCaseReplacesItsResultAndLeavesTheOthers() throws Exception {
    Path file = folder.resolve("deeper/results.json");
    Results first = Results.none(file);
    first.add(result(CASES.get(1), "ROLLED_BACK"));
    assertThat(first.of(CASES)).isEmpty();
    first.add(result(CASES.get(0), "ROLLED_BACK"));
    Results again = Results.from(file);
    again.add(result(CASES.get(1), "SUCCEEDED"));
    assertThat(Results.from(file).of(CASES).orElseThrow())
        .extracting(CaseResult::ended)
        .containsExactly("ROLLED_BACK", "SUCCEEDED");
  }

  @Test
  void withoutAFileThereIsNothingYet() throws Exception {
    assertThat(Results.from(folder.resolve("none.json")).of(CASES)).isEmpty();
  }

  private static CaseResult result(FaultCase one, String ended) {
    return new CaseResult(
        "1234567",
        one.name(),
        "",
        "",
        ended,
        "",
        1,
        0,
        0,
        0,
        0,
        1,
        0,
        0,
        50,
        0,
        "backup",
        "SUCCEEDED",
        List.of());
  }
}
