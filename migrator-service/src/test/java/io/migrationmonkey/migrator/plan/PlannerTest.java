package io.migrationmonkey.migrator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.migrationmonkey.migrator.plan.Move.End;
import io.migrationmonkey.migrator.plan.Move.RollBack;
import io.migrationmonkey.migrator.plan.Move.Run;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class PlannerTest {

  @Test
  void whenEveryStepIsDoneTheTwelveRunInOrderAndTheMigrationSucceeds() {
    List<Step> taken = new ArrayList<>();
    Move move = Planner.first();
    while (move instanceof Run(Step step)) {
      taken.add(step);
      move = Planner.after(new Outcome.Done(step));
    }
    assertThat(taken).containsExactly(Step.values());
    assertThat(move).isEqualTo(new End(State.SUCCEEDED, null));
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECK_SERVERS", "EXCHANGE_KEYS"})
  void aFailureBeforeAnythingThatServesWasTouchedRefuses(Step step) {
    assertThat(Planner.after(new Outcome.Failed(step, "no")))
        .isEqualTo(new End(State.REFUSED, step + ": no"));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"CHECK_SERVERS", "EXCHANGE_KEYS", "REBOOT_SOURCE", "READMIT_SOURCE"})
  void aFailureBeforeThePointOfNoReturnRollsBack(Step step) {
    assertThat(Planner.after(new Outcome.Failed(step, "no")))
        .isEqualTo(new RollBack(step + ": no"));
  }

  @ParameterizedTest
  @EnumSource(names = {"REBOOT_SOURCE", "READMIT_SOURCE"})
  void aFailureAfterItNeverTakesTheTrafficBackButAsksForHelp(Step step) {
    assertThat(Planner.after(new Outcome.Failed(step, "no")))
        .isEqualTo(new End(State.NEEDS_HELP, step + ": no"));
  }

  @ParameterizedTest
  @EnumSource
  void aMigratorThatDiedIsFollowedBackBeforeTheFlipAndForwardFromIt(Step step) {
    Move move = Planner.after(new Outcome.Interrupted(step));
    if (step.compareTo(Step.SWITCH_TRAFFIC) < 0) {
      assertThat(move).isInstanceOf(RollBack.class);
    } else {
      assertThat(move).isEqualTo(new Run(step));
    }
  }

  @Test
  void aFlipThatLandedAgainstAllWordIsNotRolledBackAndRebootsNothing() {
    assertThat(Planner.after(new Outcome.FlipHadLanded("a proxy did not follow")))
        .isInstanceOfSatisfying(
            End.class, end -> assertThat(end.state()).isEqualTo(State.NEEDS_HELP));
  }

  @Test
  void rollingBackEndsTheMigration() {
    assertThat(Planner.after(new Outcome.RolledBack("why")))
        .isEqualTo(new End(State.ROLLED_BACK, "why"));
    assertThat(Planner.after(new Outcome.RollBackFailed("why")))
        .isEqualTo(new End(State.NEEDS_HELP, "why"));
  }

  @Test
  void thePlanKnowsNoSpringNoClockAndNoNetwork() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("io.migrationmonkey.migrator.plan")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..",
            "java.net..",
            "java.time..",
            "net.schmizz..",
            "io.lettuce..",
            "io.migrationmonkey.migrator.steps..",
            "io.migrationmonkey.migrator.ssh..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.migrationmonkey.migrator"));
  }
}
