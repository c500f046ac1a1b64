package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Pause;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusViewTest {

  private final Scene scene = new Scene();

  @Test
  void whileAllIsWellItSaysWhoServesAndThatNothingNeedsToBePressed() {
    StatusView view = view();
    assertThat(view.live()).isEqualTo("production is live");
    assertThat(view.application().text()).isEqualTo("Its application answers.");
    assertThat(view.takeOver().text()).contains("backup can take over").contains("3 minutes old");
    assertThat(view.now().text()).isEqualTo("Nothing moves. production serves.");
    assertThat(view.last().text()).isEqualTo("No move is remembered.");
    assertThat(view.press().text()).isEqualTo("Nothing needs to be pressed.");
    assertThat(view.warnings()).isEmpty();
  }

  @Test
  void aMoveThatSucceededIsToldWithWhyHowLongAndWhoWaited() {
    scene.history.add(Scene.succeeded().view());
    assertThat(view().last().text())
        .isEqualTo(
            "Moved from production to backup at 01:59:40 UTC, in 40 s. Why: \u201cmemory\u201d (ann)."
                + " 113 requests had to wait, the longest 1.2 s.");
    assertThat(view().lastLink()).isEqualTo("/page/migrations/m20260101-015900-ab12");
  }

  @Test
  void aDryRunIsNoMove() {
    scene.history.add(
        Scene.journal(
                true, Scene.entry(1, Kind.ENDED, null, "", Map.of(Fact.STATE, "DRY_RUN_DONE")))
            .view());
    assertThat(view().last().text()).isEqualTo("No move is remembered.");
  }

  @Test
  void aMigrationUnderWaySaysWhichStepAndHowToStopIt() {
    scene.running =
        Scene.journal(false, Scene.entry(5, Kind.STARTED, Step.COPY_DATA, "", Map.of()));
    assertThat(view().now().text())
        .isEqualTo("The application moves from production to backup: step 4 of 12, copy data.");
    assertThat(view().press().text()).contains("Abort");
    scene.running =
        Scene.journal(true, Scene.entry(5, Kind.STARTED, Step.CHECK_SERVERS, "", Map.of()));
    assertThat(view().now().text()).startsWith("A dry run of a move");
  }

  @Test
  void aMissingSwitchIsNotTakenForProduction() {
    scene.position = null;
    scene.switchProblem = "Redis has no switch key.";
    StatusView view = view();
    assertThat(view.live()).isEqualTo("Nobody knows which server is live");
    assertThat(view.tone()).isEqualTo(Tone.BAD);
    assertThat(view.warnings()).contains("Redis has no switch key.");
    assertThat(view.press().text()).contains("PUT /api/switch");
  }

  @Test
  void whatIsOldBecauseRedisIsAwayIsCalledOld() {
    scene.redisProblem = "Redis does not answer";
    assertThat(view().warnings())
        .singleElement()
        .asString()
        .contains("Redis does not answer")
        .contains("was so at 01:59:59 UTC");
  }

  @Test
  void beforeAnythingIsKnownNothingIsClaimed() {
    scene.told = false;
    scene.inspected = false;
    assertThat(view().live()).isEqualTo("Which server is live is not known yet");
    scene.told = true;
    assertThat(view().application().text()).contains("not known");
  }

  @Test
  void aProxyThatGoesAnotherWayIsWarnedOf() {
    scene.proxies = List.of(Scene.proxy("p1", ServerName.BACKUP, null, 0));
    assertThat(view().warnings()).singleElement().asString().contains("p1").contains("to backup");
    scene.proxies = List.of();
    assertThat(view().warnings()).singleElement().asString().contains("No proxy reports");
  }

  @Test
  void troubleOnTheLiveServerSaysWhatToPress() {
    scene.verdict = Verdict.EXHAUSTED;
    assertThat(view().press().text()).contains("production is in trouble").contains("Migrate");
    scene.verdict = Verdict.CALM;
    scene.healthProblem = "it answers 500";
    assertThat(view().press().text()).contains("production is in trouble");
    assertThat(view().application().text()).contains("it answers 500");
  }

  @Test
  void aPauseIsShownWithWhoAndWhy() {
    scene.pause = new Pause.Standing("ann", "maintenance", Scene.NOW.minusSeconds(60));
    assertThat(view().now().text()).contains("Paused by ann").contains("maintenance");
    assertThat(view().press().text()).contains("Resume");
  }

  @Test
  void whatStandsInTheWayOfTheStandbyIsListed() {
    scene.obstacles = List.of("packages missing on backup: 3 (a, b, c)");
    assertThat(view().takeOver().text()).contains("could not take over at once");
    assertThat(view().obstacles()).containsExactlyElementsOf(scene.obstacles);
  }

  private StatusView view() {
    return StatusView.of(scene.snapshot());
  }
}
