package io.migrationmonkey.lab.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.Verification;
import io.migrationmonkey.lab.stack.MigrationView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromisesTest {

  private static final Verification FINE = new Verification(500, List.of(), List.of());
  private static final Map<String, Long> BOTH = Map.of("production", 800L, "backup", 200L);

  private MigrationView view = Example.view("SUCCEEDED", "production", 12);
  private LoadFigures load = Example.load(0, BOTH);
  private Verification writes = FINE;
  private Verification earlier = FINE;
  private int packages = 88;
  private String bootIdAfter = "9a1e";
  private String switchValue = "true";
  private long epoch = 2;

  @Test
  void whatWentWellBreaksNone() {
    assertThat(broken()).isEmpty();
  }

  @Test
  void oneFailedRequestIsOneTooMany() {
    load = Example.load(1, BOTH);
    assertThat(broken()).containsExactly("1 of 1000 requests failed");
  }

  @Test
  void aMissingWriteIsNamed() {
    writes = new Verification(500, List.of("run-7"), List.of());
    assertThat(broken()).containsExactly("1 of 500 acknowledged writes are missing: run-7");
  }

  @Test
  void aDuplicatedWriteIsNamed() {
    writes = new Verification(500, List.of(), List.of("a", "b", "c", "d", "e", "f"));
    assertThat(broken()).containsExactly("6 writes are there more than once: a, b, c, d, e, …");
  }

  @Test
  void aWriteFromBeforeTheMigrationMustNotGetLostEither() {
    earlier = new Verification(9, List.of("run-3"), List.of());
    assertThat(broken())
        .containsExactly(
            "written before this migration: 1 of 9 acknowledged writes are missing: run-3");
  }

  @Test
  void fiftyPackagesAreTooFew() {
    packages = 50;
    assertThat(broken())
        .containsExactly("50 packages were installed on backup and should be at least 51");
  }

  @Test
  void theSameBootIdMeansNoReboot() {
    bootIdAfter = "5f0c";
    assertThat(broken()).containsExactly("production was not rebooted: its boot id still is 5f0c");
  }

  @Test
  void theSwitchMustSayWhoTookOver() {
    switchValue = "false";
    assertThat(broken()).containsExactly("the switch is 'false' and should be 'true'");
  }

  @Test
  void theEpochGrowsByOne() {
    epoch = 3;
    assertThat(broken()).containsExactly("the epoch is '3' and should be '2'");
  }

  @Test
  void aMigrationThatEndedOtherwiseSaysWhy() {
    view = Example.view("ROLLED_BACK", "production", 4);
    assertThat(broken())
        .contains("the migration ended ROLLED_BACK: no room")
        .anyMatch(line -> line.startsWith("the steps were not the twelve in order"));
  }

  @Test
  void theWrongServerLeftIsFoundOut() {
    view = Example.view("SUCCEEDED", "backup", 12);
    assertThat(broken())
        .containsExactly("the server to leave is 'backup' and should be 'production'");
  }

  @Test
  void theNewServerMustHaveAnsweredSomebody() {
    load = Example.load(0, Map.of("production", 1000L));
    assertThat(broken())
        .containsExactly("no request was answered by backup: answers came from {production=1000}");
  }

  @Test
  void withoutWritesNothingWasShown() {
    writes = new Verification(0, List.of(), List.of());
    assertThat(broken()).containsExactly("no write was acknowledged: nothing was shown");
  }

  private List<String> broken() {
    return Promises.broken(
        Example.EXPECTED,
        new Evidence(
            view, load, writes, earlier, packages, "5f0c", bootIdAfter, switchValue, epoch));
  }
}
