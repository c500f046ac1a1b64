package io.migrationmonkey.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.running.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever breaks at whichever moment of a migration: no acknowledged write is lost or doubled, at
 * no time do both servers accept writes, at the end one server serves, and the next migration
 * succeeds.
 *
 * <p>A sample of them, all with {@code -Dlong}, or some by name with {@code
 * -Dfaults=KILL_MIGRATOR@COPY_DATA}. Once all have run, also by and by, docs/reliability.md is
 * written.
 */
@Order(100)
class FaultMatrixStackIT {

  private static final Path ROOT = Path.of("..");
  private static final Path RESULTS = ROOT.resolve("target/reliability/results.json");
  private static final Path PAGE = ROOT.resolve("docs/reliability.md");

  private static final boolean WHOLE = System.getProperty("long") != null;
  private static final @Nullable String NAMED = System.getProperty("faults");

  private static Results results;
  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    results = WHOLE && NAMED == null ? Results.none(RESULTS) : Results.from(RESULTS);
    running = RunningStack.ready();
  }

  static List<FaultCase> cases() {
    return FaultMatrix.selected(NAMED, WHOLE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  @Timeout(value = 12, unit = TimeUnit.MINUTES)
  void nothingIsLostOneServesAndTheNextMigrationSucceeds(FaultCase fault) throws Exception {
    CaseResult result = Experiment.run(running, fault);
    results.add(result);
    System.out.println(Wire.write(result));
    assertThat(result.broken()).as("%s", result).isEmpty();
  }

  @AfterAll
  static void writeThePage() throws IOException {
    Optional<List<CaseResult>> all = results.of(FaultMatrix.all());
    if (all.isPresent()) {
      Files.writeString(PAGE, ReliabilityPage.with(Files.readString(PAGE), all.get()));
    }
  }

  @AfterAll
  static void leaveItWell() throws Exception {
    Repair.of(running).well();
  }
}
