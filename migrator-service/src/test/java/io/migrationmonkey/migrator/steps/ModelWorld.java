package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.Pen;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Switchboard.Fate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Two servers, a Redis and a proxy, small enough to try everything on. Whatever touches it is a
 * point at which something may happen, in the order in which it comes.
 */
final class ModelWorld implements Pen, Rescue {

  /** What may happen at a point. */
  enum Disruption {
    FAILS,
    DONE_BUT_FAILS,
    KILLED_BEFORE,
    KILLED_AFTER,
    KILLED_BEFORE_AND_HOLD_RUNS_OUT,
    KILLED_AFTER_AND_HOLD_RUNS_OUT,
    /** Its hold and lease run out, and both servers' Restart Monkeys act before the next life. */
    KILLED_BEFORE_AND_RESTART_MONKEY_ACTED,
    KILLED_AFTER_AND_RESTART_MONKEY_ACTED,
    ABORT,
    LEASE_LOST,
    REDIS_AWAY_SHORTLY,
    REDIS_AWAY,
    REDIS_EMPTIED
  }

  /** SIGKILL: nothing of this migrator runs any more. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private static final String ID = "m1";
  private static final String ABORTED = "aborted by ann: no";

  private final Course course;
  private final Map<Integer, Disruption> plan;
  private int point;
  private @Nullable MigrationRun run;

  // Redis
  private boolean away;
  private int awayFor;
  private boolean switchThere = true;
  private boolean flipped;
  private boolean forbidden;
  private boolean hold;
  private boolean fencedSource;
  private boolean fencedStandby;
  private List<JournalEntry> journal = new ArrayList<>();

  // The proxy and the servers
  private boolean proxyToStandby;
  private boolean sourceRuns = true;
  private boolean sourceEnabled = true;
  private boolean standbyRuns;
  private boolean standbyHasAll;
  private boolean standbyProven;

  // What is known to be out of anybody's hands
  private boolean standbyUnreachable;
  private boolean sourceSick;
  private boolean emptied;

  ModelWorld(Course course, Map<Integer, Disruption> plan) {
    this.course = course;
    this.plan = plan;
  }

  /** How many points there were so far. */
  int points() {
    return point;
  }

  void order() {
    Map<Fact, String> facts = new EnumMap<>(Fact.class);
    facts.put(Fact.COURSE, course.name());
    facts.put(Fact.EPOCH_BEFORE, "1");
    facts.put(Fact.FROM, "production");
    facts.put(Fact.TO, "backup");
    facts.put(Fact.REASON, "why");
    facts.put(Fact.TRIGGER, "HAND");
    journal.add(new JournalEntry(Instant.EPOCH, Kind.ORDERED, null, "why", facts));
  }

  List<JournalEntry> journal() {
    return List.copyOf(journal);
  }

  /** A migrator begins to act; Redis is back if it was away, and the timer's first tick is over. */
  void alive(MigrationRun run) {
    this.run = run;
    away = false;
    awayFor = 0;
    if (forbidden && aborted) {
      run.abort(ABORTED);
    }
  }

  private boolean aborted;

  // ---------------------------------------------------------------- points

  private void act(boolean inRedis, Runnable effect) {
    Disruption disruption = plan.get(point++);
    if (disruption != null) {
      switch (disruption) {
        case FAILS -> throw failure(inRedis);
        case DONE_BUT_FAILS -> {
          redis(inRedis);
          effect.run();
          check();
          throw failure(inRedis);
        }
        case KILLED_BEFORE -> throw new Killed();
        case KILLED_BEFORE_AND_HOLD_RUNS_OUT -> {
          hold = false;
          throw new Killed();
        }
        case KILLED_BEFORE_AND_RESTART_MONKEY_ACTED -> {
          restartMonkey();
          throw new Killed();
        }
        case KILLED_AFTER,
            KILLED_AFTER_AND_HOLD_RUNS_OUT,
            KILLED_AFTER_AND_RESTART_MONKEY_ACTED -> {
          redis(inRedis);
          effect.run();
          check();
          if (disruption == Disruption.KILLED_AFTER_AND_RESTART_MONKEY_ACTED) {
            restartMonkey();
          }
          if (disruption == Disruption.KILLED_AFTER_AND_HOLD_RUNS_OUT) {
            hold = false;
          }
          throw new Killed();
        }
        case ABORT -> abort();
        case LEASE_LOST -> {
          run().relinquish("lost");
          throw failure(inRedis);
        }
        case REDIS_AWAY_SHORTLY -> awayFor = 1;
        case REDIS_AWAY -> away = true;
        case REDIS_EMPTIED -> {
          emptied = true;
          switchThere = false;
          hold = false;
          forbidden = false;
          fencedSource = false;
          fencedStandby = false;
          journal = new ArrayList<>();
          run().redisEmptied();
        }
      }
    }
    redis(inRedis);
    effect.run();
    check();
  }

  /**
   * As docs/decisions/0011-restart-monkey.md has it: what runs where the record says standby is
   * stopped first, then the server that the record names is made to run.
   */
  private void restartMonkey() {
    hold = false;
    if (away || !switchThere) {
      return;
    }
    if (flipped && !fencedSource) {
      sourceRuns = false;
      sourceEnabled = false;
      check();
    }
    if (!flipped && !fencedStandby) {
      standbyRuns = false;
      standbyProven = false;
      check();
    }
    if (!flipped && !fencedSource && !standbyRuns) {
      sourceRuns = true;
      sourceEnabled = true;
      standbyHasAll = false;
      check();
    }
    if (flipped && !fencedStandby && !sourceRuns) {
      standbyRuns = true;
      check();
    }
  }

  private void redis(boolean needed) {
    if (needed && (away || awayFor-- > 0)) {
      throw failure(true);
    }
  }

  private static RuntimeException failure(boolean inRedis) {
    return inRedis ? new DataAccessResourceFailureException("away") : new StepFailed("failed");
  }

  private MigrationRun run() {
    return java.util.Objects.requireNonNull(run);
  }

  /** As Conductor does it: Redis decides. */
  private void abort() {
    if (!away && switchThere && !flipped) {
      forbidden = true;
      aborted = true;
      run().abort(ABORTED);
    }
  }

  // ---------------------------------------------------------------- the journal

  @Override
  public long append(String id, JournalEntry entry) {
    act(true, () -> journal.add(entry));
    return journal.size();
  }

  @Override
  public void restore(String id, List<JournalEntry> entries) {
    journal = new ArrayList<>(entries);
  }

  // ---------------------------------------------------------------- the steps

  List<MigrationStep> steps() {
    List<MigrationStep> steps = new ArrayList<>();
    for (Step step : Step.values()) {
      steps.add(
          new MigrationStep() {
            @Override
            public Step step() {
              return step;
            }

            @Override
            public StepReport run(MigrationRun run) {
              boolean inRedis = step == Step.HOLD_TRAFFIC || step == Step.SWITCH_TRAFFIC;
              act(inRedis, () -> take(step));
              return new StepReport("done");
            }
          });
    }
    return steps;
  }

  private void take(Step step) {
    switch (step) {
      case CHECK_SERVERS -> {
        if (fencedStandby) {
          standbyRuns = false;
          fencedStandby = false;
        }
        refuseIf(standbyRuns && course == Course.WITH_DATA, "it runs there");
      }
      case EXCHANGE_KEYS, INSTALL_PACKAGES, COPY_DATA -> {}
      case HOLD_TRAFFIC -> {
        refuseIf(!switchThere, "the lease was lost");
        hold = true;
      }
      case STOP_APPLICATION -> {
        sourceRuns = false;
        sourceEnabled = false;
      }
      case COPY_LAST_CHANGES -> {
        assertThat(sourceRuns).as("the source is stopped when the last changes move").isFalse();
        standbyHasAll = true;
      }
      case START_APPLICATION -> standbyRuns = true;
      case PROVE_STANDBY -> {
        refuseIf(!standbyRuns, "it does not answer");
        standbyProven = true;
      }
      case SWITCH_TRAFFIC -> flip();
      case REBOOT_SOURCE -> {
        assertThat(proxyToStandby).as("no reboot before a proven switch").isTrue();
        sourceRuns = sourceEnabled;
      }
      case READMIT_SOURCE -> sourceRuns = false;
    }
  }

  private void flip() {
    if (!flipped && !run().wasFoundLanded()) {
      refuseIf(!switchThere, "the switch was moved");
      refuseIf(forbidden, "aborted");
      refuseIf(course == Course.WITH_DATA && !hold, "the hold ran out");
      assertThat(standbyRuns && standbyProven).as("flipped to a standby that serves").isTrue();
      assertThat(course == Course.WITHOUT_DATA || (standbyHasAll && !sourceRuns))
          .as("flipped with all data")
          .isTrue();
      flipped = true;
      proxyToStandby = true;
      hold = false;
    }
    refuseIf(!proxyToStandby, "a proxy did not follow");
  }

  private static void refuseIf(boolean condition, String why) {
    if (condition) {
      throw new StepFailed(why);
    }
  }

  // ---------------------------------------------------------------- rolling back

  @Override
  public Fate fate(MigrationRun run) {
    Fate[] fate = {Fate.UNKNOWN};
    try {
      act(
          true,
          () -> {
            boolean landed = switchThere ? flipped : proxyToStandby;
            forbidden |= !landed && switchThere;
            fate[0] = landed ? Fate.LANDED : Fate.NOT_LANDED;
          });
    } catch (DataAccessResourceFailureException unknown) {
      return Fate.UNKNOWN;
    }
    return fate[0];
  }

  @Override
  public void stopCopying(MigrationRun run) {}

  @Override
  public boolean stopOnStandby(MigrationRun run) {
    try {
      act(
          false,
          () -> {
            assertThat(proxyToStandby).as("what serves is not stopped").isFalse();
            standbyRuns = false;
            standbyProven = false;
          });
      return true;
    } catch (StepFailed unreachable) {
      standbyUnreachable = standbyRuns;
      return false;
    }
  }

  @Override
  public void startOnSource(MigrationRun run) {
    try {
      act(
          false,
          () -> {
            sourceRuns = true;
            sourceEnabled = true;
            standbyHasAll = false;
          });
    } catch (StepFailed e) {
      sourceSick = true;
      throw e;
    }
  }

  @Override
  public void release(MigrationRun run) {
    try {
      act(true, () -> hold = false);
    } catch (DataAccessResourceFailureException away) {
      hold = false; // it runs out
    }
  }

  @Override
  public void fence(MigrationRun run, boolean source, String why) {
    act(
        true,
        () -> {
          if (source) {
            fencedSource = true;
          } else {
            fencedStandby = true;
          }
        });
  }

  // ---------------------------------------------------------------- what must hold

  private void check() {
    if (course == Course.WITH_DATA) {
      assertThat(sourceRuns && standbyRuns && !standbyUnreachable)
          .as("two servers accept writes")
          .isFalse();
      assertThat(proxyToStandby && sourceRuns && !sourceEnabled)
          .as("the old server runs on behind the back of the new one")
          .isFalse();
    }
  }

  /** Redis was emptied and the migrator killed before it could write the journal anew. */
  boolean journalIsLost() {
    return journal.isEmpty() || journal.getFirst().kind() != Kind.ORDERED;
  }

  void checkTheEnd(State state) {
    // A hold that nobody released has run out.
    hold = false;
    boolean serves = proxyToStandby ? standbyRuns : sourceRuns;
    if (state == State.NEEDS_HELP) {
      assertThat(sourceSick || emptied || proxyToStandby)
          .as("a person is asked without need")
          .isTrue();
    }
    assertThat(serves || (state == State.NEEDS_HELP && sourceSick))
        .as("nobody serves after %s", state)
        .isTrue();
    boolean forward = state == State.SUCCEEDED || state == State.SOURCE_MISSING;
    if (state != State.NEEDS_HELP) {
      assertThat(proxyToStandby).as("the traffic after %s", state).isEqualTo(forward);
    }
    if (state == State.SOURCE_MISSING) {
      assertThat(fencedSource || emptied).as("a source that is missing is fenced").isTrue();
    }
    if (state == State.SUCCEEDED) {
      assertThat(sourceRuns).as("the standby's application is off").isFalse();
    }
    if (state != State.NEEDS_HELP && standbyUnreachable && standbyRuns && !forward && !emptied) {
      assertThat(fencedStandby).as("a standby that could not be stopped is fenced").isTrue();
    }
  }

  /** The world after somebody has mended what was broken, and the lookout has done its work. */
  ModelWorld next() {
    ModelWorld next = new ModelWorld(course, Map.of());
    next.sourceRuns = true;
    boolean other = proxyToStandby ? sourceRuns : standbyRuns;
    boolean stopped = proxyToStandby ? fencedSource : fencedStandby;
    // Marks that went with an emptied Redis are a person's work, as CHECK_SERVERS tells.
    next.standbyRuns = other && !stopped && !emptied;
    return next;
  }

  static String id() {
    return ID;
  }
}
