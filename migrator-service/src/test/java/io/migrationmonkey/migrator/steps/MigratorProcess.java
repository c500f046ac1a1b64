package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigratorSettings;
import io.migrationmonkey.migrator.ServerSettings;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.switching.FirstStart;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.OwnLease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import io.migrationmonkey.migrator.switching.Switchboard.Fate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A migrator in a process of its own, to be killed: everything of the real one that speaks with
 * Redis, on steps that only note who took them. COPY_DATA lasts until Redis has a key "go".
 */
final class MigratorProcess {

  static final String ACTS = "acts";

  private MigratorProcess() {}

  public static void main(String[] arguments) throws Exception {
    String name = arguments[0];
    int port = Integer.parseInt(arguments[1]);
    Path state = Path.of(arguments[2]);
    LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", port);
    connections.start();
    StringRedisTemplate redis = new StringRedisTemplate(connections);
    Path key = Files.writeString(state.resolve("key"), "x");
    Path knownHosts = Files.writeString(state.resolve("known_hosts"), "");

    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.registerBean(StringRedisTemplate.class, () -> redis);
    context.registerBean(Clock.class, Clock::systemUTC);
    context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
    context.registerBean(MigratorSettings.class, () -> new MigratorSettings(state));
    context.registerBean(
        ServerSettings.class,
        () ->
            new ServerSettings(
                new ServerSettings.Server("127.0.0.1"), new ServerSettings.Server("localhost")));
    context.registerBean(
        SshSettings.class,
        () -> new SshSettings("root", 1, key, knownHosts, Duration.ofSeconds(1)));
    context.registerBean(DryRun.class, () -> new DryRun(null, null));
    context.registerBean(Rescue.class, () -> new NotedRescue(name, redis));
    for (Step step : Step.values()) {
      context.registerBean(
          step.name(), MigrationStep.class, () -> new NotedStep(name, step, redis));
    }
    context.register(
        Switchboard.class,
        Journal.class,
        OwnLease.class,
        FirstStart.class,
        Waiting.class,
        Servers.class,
        RollBack.class,
        Migration.class,
        Runner.class);
    context.refresh();
    note(redis, name, "ready");
    if (arguments.length > 3) {
      order(context, arguments[3]);
    }
    Thread.sleep(Duration.ofMinutes(5));
  }

  private static void order(AnnotationConfigApplicationContext context, String id) {
    Switchboard switchboard = context.getBean(Switchboard.class);
    switchboard.initialise();
    Lease lease = switchboard.lease(id).orElseThrow();
    SwitchState seen = switchboard.read();
    Map<Fact, String> facts =
        Map.of(
            Fact.TRIGGER,
            "HAND",
            Fact.FROM,
            ServerName.PRODUCTION.toString(),
            Fact.TO,
            ServerName.BACKUP.toString(),
            Fact.REASON,
            "to be killed",
            Fact.EPOCH_BEFORE,
            Long.toString(seen.epoch()),
            Fact.DRY_RUN,
            "false");
    JournalEntry ordered = new JournalEntry(Instant.now(), Kind.ORDERED, null, "", facts);
    context.getBean(Journal.class).open(id, ordered);
    context
        .getBean(Runner.class)
        .start(lease, seen, new Planner(Course.WITH_DATA).first(), facts, ordered);
  }

  private static void note(StringRedisTemplate redis, String name, String what) {
    redis.opsForList().rightPush(ACTS, name + " " + what);
  }

  private record NotedStep(String name, Step step, StringRedisTemplate redis)
      implements MigrationStep {

    @Override
    public StepReport run(MigrationRun run) {
      note(redis, name, step.name());
      try {
        while (step == Step.COPY_DATA && !Boolean.TRUE.equals(redis.hasKey("go"))) {
          Thread.sleep(20);
        }
      } catch (InterruptedException e) {
        throw letsGo();
      } catch (DataAccessException e) {
        // Redis was being asked when the interrupt came.
        throw Thread.interrupted() ? letsGo() : e;
      }
      return new StepReport("done");
    }

    private StepFailed letsGo() {
      note(redis, name, "lets go");
      return new StepFailed("interrupted");
    }
  }

  private record NotedRescue(String name, StringRedisTemplate redis) implements Rescue {

    @Override
    public Fate fate(MigrationRun run) {
      return Fate.NOT_LANDED;
    }

    @Override
    public void stopCopying(MigrationRun run) {
      note(redis, name, "stops copying");
    }

    @Override
    public boolean stopOnStandby(MigrationRun run) {
      return true;
    }

    @Override
    public void startOnSource(MigrationRun run) {
      note(redis, name, "starts the source");
    }

    @Override
    public void release(MigrationRun run) {}

    @Override
    public void fence(MigrationRun run, boolean source, String why) {}
  }
}
