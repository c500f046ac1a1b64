package io.migrationmonkey.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.running.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever breaks at whichever moment of a migration: no acknowledged write is lost or doubled, at
 * no time do both servers accept writes, at the end one server serves, and the next migration
 * succeeds.
 *
 * <p>Tagged long: all with {@code -Dlong}; some by name with {@code -Dlong
 * -Dfaults=KILL_MIGRATOR@COPY_DATA}. The whole writes docs/reliability.md.
 */
@Tag("long")
@Order(100)
class FaultMatrixStackIT {

  private static final Path ROOT = Path.of("..");
  private static final Path RESULTS = ROOT.resolve("target/reliability/results.json");
  private static final Path PAGE = ROOT.resolve("docs/reliability.md");

  private static final List<CaseResult> results = new ArrayList<>();
  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  static List<FaultCase> cases() {
    return FaultMatrix.selected(System.getProperty("faults"), System.getProperty("long") != null);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  @Timeout(value = 12, unit = TimeUnit.MINUTES)
  void nothingIsLostOneServesAndTheNextMigrationSucceeds(FaultCase fault) throws Exception {
    CaseResult result = Experiment.run(running, fault);
    results.add(result);
    System.out.println(Wire.write(result));
    Files.createDirectories(RESULTS.getParent());
    Files.writeString(RESULTS, Wire.write(results));
    assertThat(result.broken()).as("%s", result).isEmpty();
  }

  @AfterAll
  static void writeThePage() throws IOException {
    List<String> names = results.stream().map(CaseResult::name).toList();
    if (names.equals(FaultMatrix.all().stream().map(FaultCase::name).toList())) {
      Files.writeString(PAGE, ReliabilityPage.with(Files.readString(PAGE), results));
    }
  }

  @AfterAll
  static void leaveItWell() throws Exception {
    Repair.of(running).well();
  }
}
