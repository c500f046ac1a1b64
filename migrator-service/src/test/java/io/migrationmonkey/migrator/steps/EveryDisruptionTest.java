package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Move;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.steps.ModelWorld.Disruption;
import io.migrationmonkey.migrator.steps.ModelWorld.Killed;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * The loop, the plan, the rolling back and the taking up as they are, on a model of the world:
 * everything that can happen at every point of a migration, and anything once more after that.
 */
class EveryDisruptionTest {

  private static final int LIVES = 8;
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger("io.migrationmonkey.migrator.steps");

  private static RemoteServer source;
  private static RemoteServer standby;

  @BeforeAll
  static void servers(@TempDir Path folder) throws Exception {
    SshSettings ssh =
        new SshSettings(
            "root",
            22,
            Files.writeString(folder.resolve("key"), "x"),
            Files.createFile(folder.resolve("known_hosts")),
            Duration.ofSeconds(1));
    source = new RemoteServer(ServerName.PRODUCTION, ssh, "a");
    standby = new RemoteServer(ServerName.BACKUP, ssh, "b");
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource
  void undisturbedItSucceeds(Course course) {
    ModelWorld world = new ModelWorld(course, Map.of());
    assertThat(migrate(world, course)).isEqualTo(State.SUCCEEDED);
    assertThat(world.points()).isEqualTo(3 * course.steps().size() + 1);
  }

  @ParameterizedTest
  @EnumSource
  void whateverHappensAtAnyPointOneServerServesAndTheNextMigrationSucceeds(Course course) {
    Map<State, Integer> ends = new EnumMap<>(State.class);
    int points = points(course, Map.of());
    for (int point = 0; point < points; point++) {
      for (Disruption disruption : Disruption.values()) {
        ends.merge(holds(course, Map.of(point, disruption)), 1, Integer::sum);
      }
    }
    assertThat(ends)
        .containsKeys(
            State.SUCCEEDED, State.ROLLED_BACK, State.ABORTED, State.REFUSED, State.SOURCE_MISSING)
        .doesNotContainKey(State.NEEDS_HELP);
  }

  @Test
  void anySecondMisfortuneAfterTheFirstToo() {
    for (Course course : Course.values()) {
      for (int first = 0; first < points(course, Map.of()); first++) {
        for (Disruption disruption : Disruption.values()) {
          int points = points(course, Map.of(first, disruption));
          for (int second = first + 1; second < points; second++) {
            for (Disruption another : Disruption.values()) {
              holds(course, Map.of(first, disruption, second, another));
            }
          }
        }
      }
    }
  }

  private static int points(Course course, Map<Integer, Disruption> plan) {
    ModelWorld world = new ModelWorld(course, plan);
    migrate(world, course);
    return world.points();
  }

  private static State holds(Course course, Map<Integer, Disruption> plan) {
    ModelWorld world = new ModelWorld(course, plan);
    try {
      State state = migrate(world, course);
      if (!world.journalIsLost()) {
        world.checkTheEnd(state);
        if (state != State.NEEDS_HELP) {
          assertThat(migrate(world.next(), course)).as("the next one").isEqualTo(State.SUCCEEDED);
        }
      }
      return state;
    } catch (AssertionError e) {
      throw new AssertionError("%s with %s: %s".formatted(course, plan, e.getMessage()), e);
    }
  }

  /** Migrator after migrator, until it has ended. */
  private static State migrate(ModelWorld world, Course course) {
    world.order();
    Migration migration = new Migration(world.steps(), new RollBack(world));
    Move first = new Planner(course).first();
    for (int life = 1; life <= LIVES; life++) {
      Resumption resumption = Resumption.of(world.journal());
      Scribe scribe =
          new Scribe(world, ModelWorld.id(), new ManualClock(), new NoWaiting(), world.journal());
      MigrationRun run =
          new MigrationRun(
              new Lease(life, ModelWorld.id()),
              new SwitchState(ServerName.PRODUCTION, 1, ""),
              "why",
              source,
              standby,
              resumption.facts(),
              text -> {});
      if (life > 1) {
        first = resumption.first();
        run.resume(resumption.begun());
      }
      world.alive(run);
      try {
        State state = migration.run(first, run, scribe).state();
        scribe.flush();
        return state;
      } catch (Killed | MigrationRun.Relinquished | org.springframework.dao.DataAccessException e) {
        if (world.journalIsLost()) {
          return State.NEEDS_HELP;
        }
        var ended = MigrationViewState.of(world.journal());
        if (ended.isPresent()) {
          return ended.get();
        }
      }
    }
    throw new AssertionError("it has not ended after %d lives".formatted(LIVES));
  }

  private static final class MigrationViewState {
    static Optional<State> of(List<io.migrationmonkey.migrator.journal.JournalEntry> journal) {
      State state =
          io.migrationmonkey.migrator.journal.MigrationView.of(ModelWorld.id(), journal).state();
      return state == State.RUNNING ? Optional.empty() : Optional.of(state);
    }
  }

  /** Asks three times, at once. */
  private static final class NoWaiting extends Waiting {
    @Override
    <T> Optional<T> until(Duration atMost, Duration every, Supplier<Optional<T>> question) {
      for (int i = 0; i < 3; i++) {
        Optional<T> answer = question.get();
        if (answer.isPresent()) {
          return answer;
        }
      }
      return Optional.empty();
    }
  }
}
