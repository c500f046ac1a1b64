package io.migrationmonkey.migrator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.migrationmonkey.migrator.plan.Move.End;
import io.migrationmonkey.migrator.plan.Move.RollBack;
import io.migrationmonkey.migrator.plan.Move.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlannerTest {

  @ParameterizedTest
  @EnumSource
  void whenEveryStepIsDoneTheyRunInTheCoursesOrderAndTheMigrationSucceeds(Course course) {
    List<Step> taken = new ArrayList<>();
    Planner planner = new Planner(course);
    Move move = planner.first();
    while (move instanceof Run(Step step)) {
      taken.add(step);
      move = planner.after(new Outcome.Done(step));
    }
    assertThat(taken).isEqualTo(course.steps());
    assertThat(move).isEqualTo(new End(State.SUCCEEDED, null));
  }

  @Test
  void withDataAllTwelveRunAndTheSourceStopsUnderTheHold() {
    assertThat(Course.WITH_DATA.steps()).containsExactly(Step.values());
  }

  @Test
  void withoutDataNothingIsHeldAndTheSourceStopsOnlyAfterTheTrafficHasMoved() {
    assertThat(Course.WITHOUT_DATA.steps())
        .doesNotContain(Step.HOLD_TRAFFIC, Step.COPY_LAST_CHANGES)
        .containsSubsequence(
            Step.START_APPLICATION,
            Step.PROVE_STANDBY,
            Step.SWITCH_TRAFFIC,
            Step.STOP_APPLICATION,
            Step.REBOOT_SOURCE);
  }

  @ParameterizedTest
  @MethodSource("everyStep")
  void aFailureRefusesRollsBackOrLeavesTheSourceMissingByWhereItHappens(Course course, Step step) {
    Move move = new Planner(course).after(new Outcome.Failed(step, "no"));
    String why = step + ": no";
    switch (where(course, step)) {
      case TOUCHED_NOTHING -> assertThat(move).isEqualTo(new End(State.REFUSED, why));
      case BEFORE, AT_THE_FLIP -> assertThat(move).isEqualTo(new RollBack(why));
      case AFTER -> assertThat(move).isEqualTo(new End(State.SOURCE_MISSING, why));
    }
  }

  @ParameterizedTest
  @MethodSource("everyStep")
  void aMigratorThatDiedIsFollowedBackUntilTheFlipIsConfirmedAndForwardAfterIt(
      Course course, Step step) {
    Move move = new Planner(course).after(new Outcome.Interrupted(step));
    switch (where(course, step)) {
      case TOUCHED_NOTHING -> assertThat(move).isInstanceOf(End.class);
      case BEFORE, AT_THE_FLIP -> assertThat(move).isInstanceOf(RollBack.class);
      case AFTER -> assertThat(move).isEqualTo(new Run(step));
    }
  }

  @ParameterizedTest
  @MethodSource("everyStep")
  void anAbortEndsAtOnceWhereNothingWasTouchedAndElseRollsBack(Course course, Step step) {
    Move move = new Planner(course).after(new Outcome.Aborted(step, "by ann"));
    assertThat(move)
        .isEqualTo(
            where(course, step) == Where.TOUCHED_NOTHING
                ? new End(State.ABORTED, "by ann")
                : new RollBack("by ann"));
  }

  @Test
  void aMigratorThatDiedWhileItRolledBackIsFollowedByOneThatRollsBack() {
    assertThat(new Planner(Course.WITH_DATA).after(new Outcome.RollBackInterrupted("why")))
        .isEqualTo(new RollBack("why"));
  }

  @Test
  void aFlipThatLandedAgainstAllWordIsConfirmedAnewAFewTimesAndNeverRolledBack() {
    Planner planner = new Planner(Course.WITH_DATA);
    assertThat(planner.after(new Outcome.FlipHadLanded("a proxy did not follow", 1)))
        .isEqualTo(new Run(Step.SWITCH_TRAFFIC));
    assertThat(planner.after(new Outcome.FlipHadLanded("a proxy did not follow", 3)))
        .isInstanceOfSatisfying(
            End.class, end -> assertThat(end.state()).isEqualTo(State.NEEDS_HELP));
  }

  @Test
  void rollingBackEndsTheMigration() {
    Planner planner = new Planner(Course.WITH_DATA);
    assertThat(planner.after(new Outcome.RolledBack("why", false)))
        .isEqualTo(new End(State.ROLLED_BACK, "why"));
    assertThat(planner.after(new Outcome.RolledBack("why", true)))
        .isEqualTo(new End(State.ABORTED, "why"));
    assertThat(planner.after(new Outcome.RollBackFailed("why")))
        .isEqualTo(new End(State.NEEDS_HELP, "why"));
  }

  private enum Where {
    TOUCHED_NOTHING,
    BEFORE,
    AT_THE_FLIP,
    AFTER
  }

  private static Where where(Course course, Step step) {
    if (step == Step.CHECK_SERVERS || step == Step.EXCHANGE_KEYS) {
      return Where.TOUCHED_NOTHING;
    }
    int flip = course.steps().indexOf(Step.SWITCH_TRAFFIC);
    int at = course.steps().indexOf(step);
    return at < flip ? Where.BEFORE : at == flip ? Where.AT_THE_FLIP : Where.AFTER;
  }

  private static Stream<Arguments> everyStep() {
    return Stream.of(Course.values())
        .flatMap(course -> course.steps().stream().map(step -> Arguments.of(course, step)));
  }

  @Test
  void thePlanDependsOnNothingButJava() {
    ArchRuleDefinition.classes()
        .that()
        .resideInAPackage("io.migrationmonkey.migrator.plan")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.migrationmonkey.migrator.plan", "java.lang..", "java.util", "org.jspecify..")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.migrationmonkey.migrator"));
  }
}
