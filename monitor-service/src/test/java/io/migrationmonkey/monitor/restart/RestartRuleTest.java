package io.migrationmonkey.monitor.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.restart.RestartRule.Plan;
import io.migrationmonkey.monitor.restart.RestartRule.Situation;
import io.migrationmonkey.monitor.restart.Standing.Away;
import io.migrationmonkey.monitor.restart.Standing.Said;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What production's Restart Monkey does, look by look. */
class RestartRuleTest {

  private static final Look WELL = seen(true, true, null, 0);
  private static final Look DOWN = seen(false, false, null, 0);
  private static final Look PART = seen(true, false, null, 0);
  private static final Look SICK = seen(true, true, "/health answers 500", 0);
  private static final Look STARTING =
      new Look.Seen(true, true, true, false, true, null, 0, "web is activating");

  private final ManualClock clock = new ManualClock();
  private final RestartRule rule =
      new RestartRule(
          ServerName.PRODUCTION,
          new RestartLimits(
              3, Duration.ofMinutes(5), Duration.ofSeconds(20), Duration.ofSeconds(15)));
  private RestartState state = RestartState.fresh();

  @Test
  void whatIsDownOnTheActiveServerIsStartedAtOnce() {
    assertThat(look(active(), WELL).action()).isEqualTo(Action.NOTHING);
    assertThat(look(active(), DOWN).action()).isEqualTo(Action.START);
    assertThat(look(active(), PART).action()).isEqualTo(Action.START);
  }

  @Test
  void eachFurtherStartWaitsTwiceAsLong() {
    assertThat(startsAt(40)).containsExactly(0L, 2L, 6L, 14L, 30L);
  }

  private java.util.List<Long> startsAt(int seconds) {
    java.util.List<Long> at = new java.util.ArrayList<>();
    for (long second = 0; second < seconds; second++) {
      if (look(active(), DOWN).action() == Action.START) {
        at.add(second);
        acted(Action.START);
      }
      pass(1);
    }
    return at;
  }

  @Test
  void afterThreeRestartsInVainTheApplicationShouldLeaveAndIsStillRestarted() {
    for (int i = 0; i < 3; i++) {
      Plan plan = look(active(), DOWN);
      assertThat(plan.leave()).isNull();
      assertThat(plan.action()).isEqualTo(Action.START);
      acted(Action.START);
      pass(60);
    }
    assertThat(look(active(), WELL).leave()).as("three restarts that helped").isNull();
    Plan plan = look(active(), DOWN);
    assertThat(plan.leave()).contains("restarted 3 times within 300 s");
    assertThat(plan.action()).isEqualTo(Action.START);
    pass(300);
    assertThat(look(active(), DOWN).leave()).as("the window has passed").isNull();
  }

  @Test
  void theLastRestartIsGivenTheTimeToHelp() {
    for (int i = 0; i < 3; i++) {
      assertThat(look(active(), DOWN).action()).isEqualTo(Action.START);
      acted(Action.START);
      pass(60);
    }
    assertThat(look(active(), STARTING).leave()).isNull();
    assertThat(look(active(), SICK).leave()).isNull();
    pass(20);
    assertThat(look(active(), SICK).action()).isEqualTo(Action.RESTART);
    acted(Action.RESTART);
    assertThat(look(active(), SICK).leave()).contains("restarted 4 times");
  }

  @Test
  void whatSystemdRestartsByItselfCountsToo() {
    look(active(), seen(true, true, null, 5));
    pass(1);
    assertThat(look(active(), seen(false, false, null, 7)).leave()).isNull();
    pass(1);
    assertThat(look(active(), seen(false, false, null, 8)).leave()).contains("3 times");
    look(active(), seen(true, true, null, 0));
    assertThat(look(active(), seen(false, false, null, 0)).leave())
        .as("the counter began anew")
        .contains("3 times");
  }

  @Test
  void whatRunsButIsNotHealthyIsRestartedOnlyWhenThatLasts() {
    assertThat(look(active(), SICK).action()).isEqualTo(Action.NOTHING);
    pass(19);
    assertThat(look(active(), SICK).action()).isEqualTo(Action.NOTHING);
    assertThat(look(active(), WELL).action()).isEqualTo(Action.NOTHING);
    pass(5);
    assertThat(look(active(), SICK).action()).as("it was well between").isEqualTo(Action.NOTHING);
    pass(20);
    assertThat(look(active(), SICK).action()).isEqualTo(Action.RESTART);
  }

  @Test
  void whatSystemdIsStartingIsLeftToIt() {
    assertThat(look(active(), STARTING).action()).isEqualTo(Action.NOTHING);
    pass(20);
    assertThat(look(active(), STARTING).action()).isEqualTo(Action.RESTART);
  }

  @Test
  void whatIsDisabledOrNotInstalledIsAPersonsBusiness() {
    Look disabled = new Look.Seen(true, false, false, false, false, null, 0, "web is inactive");
    assertThat(look(active(), disabled).why()).contains("somebody has disabled");
    Look missing = new Look.Seen(false, true, true, false, false, null, 0, "web is not installed");
    assertThat(look(active(), missing).why()).contains("not all of the application is installed");
    assertThat(look(active(), missing).action()).isEqualTo(Action.NOTHING);
  }

  @Test
  void whatRunsOnAStandbyIsStoppedWhenNobodyHasActedForTheGrace() {
    assertThat(look(standby(), DOWN).why()).contains("stands by");
    pass(60);
    assertThat(look(standby(), WELL).action()).isEqualTo(Action.NOTHING);
    pass(14);
    assertThat(look(standby(), WELL).action()).isEqualTo(Action.NOTHING);
    pass(1);
    assertThat(look(standby(), WELL).action()).isEqualTo(Action.STOP);
    acted(Action.STOP);
    assertThat(look(standby(), WELL).why()).contains("told to stop a moment ago");
    pass(5);
    assertThat(look(standby(), PART).action()).isEqualTo(Action.STOP);
  }

  @Test
  void theGraceBeginsAnewWithEachMigrationPauseHoldAndEpoch() {
    for (Said disturbance :
        new Said[] {
          with("m20260101-020000-abcd", false, false),
          with(null, true, false),
          with(null, false, true),
          said(ServerName.BACKUP, ServerName.BACKUP, 6, false)
        }) {
      look(standby(), WELL);
      pass(60);
      assertThat(look(disturbance, WELL).action()).isEqualTo(Action.NOTHING);
      pass(1);
      assertThat(look(standby(), WELL).action()).isEqualTo(Action.NOTHING);
      pass(15);
      assertThat(look(standby(), WELL).action()).isEqualTo(Action.STOP);
    }
  }

  @Test
  void afterASwitchByHandNothingIsStoppedAndNothingStarted() {
    Said byHand = said(ServerName.BACKUP, ServerName.PRODUCTION, 5, false);
    Said byRest = said(ServerName.BACKUP, ServerName.BACKUP, 6, true);
    for (int i = 0; i < 60; i++) {
      assertThat(look(byHand, WELL).action()).isEqualTo(Action.NOTHING);
      pass(1);
    }
    assertThat(look(byHand, DOWN).action()).isEqualTo(Action.NOTHING);
    for (int i = 0; i < 60; i++) {
      assertThat(look(byRest, WELL).why()).contains("a person has set the switch");
      pass(1);
    }
    assertThat(look(said(ServerName.PRODUCTION, ServerName.PRODUCTION, 7, true), DOWN).action())
        .as("a person has said plainly that this one serves")
        .isEqualTo(Action.START);
  }

  @Test
  void aWarmRunIsNoReasonToWait() {
    assertThat(look(with(ServerName.PRODUCTION, "warm-20260101-020000-abcd"), DOWN).action())
        .isEqualTo(Action.START);
  }

  @Test
  void theSourceOfAMigrationWhoseMigratorDiedIsStartedOnceTheOtherIsKnownToBeOff() {
    Said running = abandoned("m20260101-020000-abcd", State.SICK);
    assertThat(look(running, DOWN).why()).contains("under way");
    Said dead = abandoned(null, State.UNKNOWN);
    assertThat(look(dead, DOWN).why()).contains("whether a migrator takes it up");
    pass(15);
    assertThat(look(dead, DOWN).why()).contains("not known to be off on backup");
    assertThat(look(abandoned(null, State.WELL), DOWN).action()).isEqualTo(Action.NOTHING);
    Look disabled = new Look.Seen(true, false, false, false, false, null, 0, "web is inactive");
    assertThat(look(abandoned(null, State.OFF), disabled).action())
        .as("the migration had disabled it")
        .isEqualTo(Action.START);
  }

  @Test
  void whileRedisIsAwayOnlyTheServerThatWasActiveForCertainIsStarted() {
    assertThat(look(new Away(), DOWN).action()).as("the guard decides").isEqualTo(Action.START);
    look(active(), WELL);
    assertThat(look(new Away(), DOWN).action()).isEqualTo(Action.START);
    for (Said last :
        new Said[] {
          standby(),
          with("m20260101-020000-abcd", false, false),
          abandoned(null, State.OFF),
          said(ServerName.PRODUCTION, ServerName.BACKUP, 5, false),
          said(null, ServerName.PRODUCTION, 5, false)
        }) {
      look(last, WELL);
      assertThat(look(new Away(), DOWN).action()).as("%s", last).isEqualTo(Action.NOTHING);
    }
  }

  @Test
  void withoutASwitchNothingHappens() {
    Said lost = said(null, null, 0, true);
    for (Look look : new Look[] {WELL, DOWN, SICK}) {
      assertThat(look(lost, look).action()).isEqualTo(Action.NOTHING);
      pass(60);
    }
  }

  @Test
  void whatCannotBeLookedAtIsLeftAlone() {
    assertThat(look(active(), new Look.Unseen("no answer")).why()).contains("no answer");
    pass(600);
    assertThat(look(active(), new Look.Unseen("no answer")).action()).isEqualTo(Action.NOTHING);
  }

  @Test
  void aClockThatIsSetBackOrForwardKeepsNothingFromHappening() {
    look(active(), DOWN);
    acted(Action.START);
    look(standby(), WELL);
    pass(-3600);
    assertThat(look(active(), DOWN).action()).isEqualTo(Action.START);
    assertThat(look(active(), DOWN).leave()).isNull();
    look(standby(), WELL);
    assertThat(look(standby(), WELL).action()).as("no grace has passed").isEqualTo(Action.NOTHING);
    pass(15);
    assertThat(look(standby(), WELL).action()).isEqualTo(Action.STOP);
  }

  /** Every combination of what Redis and systemd can say, after any wait. */
  @Test
  void inNoSituationDoTwoServersServeOrDoesItActAgainstAPersonOrAMigration() {
    int situations = 0;
    for (Situation now : everySituation()) {
      for (int wait : new int[] {0, 3600}) {
        state = RestartState.fresh();
        if (wait > 0) {
          look(now.standing(), now.look());
          pass(wait);
        }
        Plan plan = look(now.standing(), now.look());
        situations++;
        if (plan.action() == Action.NOTHING) {
          continue;
        }
        assertThat(now.look()).as("%s", now).isInstanceOf(Look.Seen.class);
        if (now.standing() instanceof Said said) {
          assertThat(said.quiet()).as("%s in %s", plan, now).isTrue();
          assertThat(said.fenced()).as("%s in %s", plan, now).isFalse();
          boolean stops = plan.action() == Action.STOP;
          assertThat(said.active() == ServerName.BACKUP).as("%s in %s", plan, now).isEqualTo(stops);
          assertThat(stops && said.byPerson()).as("%s in %s", plan, now).isFalse();
          assertThat(stops && wait == 0).as("%s in %s", plan, now).isFalse();
          if (said.unfinished() && !stops) {
            assertThat(said.other()).as("%s in %s", plan, now).isEqualTo(State.OFF);
            assertThat(wait).isPositive();
          }
        } else {
          assertThat(plan.action()).isEqualTo(Action.START);
          assertThat(plan.leave()).isNull();
        }
      }
    }
    assertThat(situations).isGreaterThan(10_000);
  }

  private java.util.List<Situation> everySituation() {
    boolean[] both = {false, true};
    ServerName[] servers = {null, ServerName.PRODUCTION, ServerName.BACKUP};
    String[] leases = {null, "warm-1", "m20260101-020000-abcd", "restart-backup"};
    Look[] looks = {
      WELL,
      DOWN,
      PART,
      SICK,
      STARTING,
      new Look.Unseen("no answer"),
      new Look.Seen(true, false, false, false, false, null, 0, "disabled"),
      new Look.Seen(true, false, true, true, false, null, 0, "disabled"),
      new Look.Seen(false, true, false, false, false, null, 0, "not installed")
    };
    java.util.List<Situation> all = new java.util.ArrayList<>();
    for (Look look : looks) {
      all.add(new Situation(clock.instant(), new Away(), look));
      for (ServerName active : servers) {
        for (ServerName recorded : servers) {
          for (String lease : leases) {
            for (int bits = 0; bits < 32; bits++) {
              for (State other : State.values()) {
                all.add(
                    new Situation(
                        clock.instant(),
                        new Said(
                            active,
                            recorded,
                            5,
                            both[bits & 1],
                            lease,
                            both[bits >> 1 & 1],
                            both[bits >> 2 & 1],
                            both[bits >> 3 & 1],
                            both[bits >> 4 & 1],
                            other),
                        look));
              }
            }
          }
        }
      }
    }
    return all;
  }

  private Plan look(Standing standing, Look look) {
    Plan plan = rule.next(state, new Situation(clock.instant(), standing, look));
    state = plan.state();
    return plan;
  }

  private void acted(Action action) {
    state = rule.after(state, action, clock.instant());
  }

  private void pass(int seconds) {
    clock.advance(Duration.ofSeconds(seconds));
  }

  private static Look seen(
      boolean someRun, boolean allRun, @Nullable String complaint, long systemdRestarts) {
    return new Look.Seen(
        true, true, someRun, allRun, false, complaint, systemdRestarts, "web is as it is");
  }

  private static Said active() {
    return said(ServerName.PRODUCTION, ServerName.PRODUCTION, 5, false);
  }

  private static Said standby() {
    return said(ServerName.BACKUP, ServerName.BACKUP, 5, false);
  }

  private static Said said(
      @Nullable ServerName active, @Nullable ServerName recorded, long epoch, boolean byPerson) {
    return new Said(
        active, recorded, epoch, byPerson, null, false, false, false, false, State.UNKNOWN);
  }

  private static Said with(ServerName active, String lease) {
    return new Said(active, active, 5, false, lease, false, false, false, false, State.UNKNOWN);
  }

  private static Said with(@Nullable String lease, boolean held, boolean paused) {
    ServerName active = ServerName.BACKUP;
    return new Said(active, active, 5, false, lease, held, paused, false, false, State.UNKNOWN);
  }

  private static Said abandoned(@Nullable String lease, State other) {
    ServerName active = ServerName.PRODUCTION;
    return new Said(active, active, 5, false, lease, false, false, true, false, other);
  }
}
