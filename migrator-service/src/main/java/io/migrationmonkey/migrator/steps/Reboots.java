package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.parity.ServerNow;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.restarts.Reboot;
import io.migrationmonkey.migrator.restarts.RebootStore;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.steps.OrderRefused.Why;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/**
 * Reboots servers: a standby at once, by the steps that end a migration, and an active one by a
 * migration off it. The lease sees to it that never both are away.
 */
@Service
public class Reboots implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Reboots.class);

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final String NAME = "reboot-";
  private static final Duration HEALTHY_WITHIN = Duration.ofSeconds(3);
  private static final Duration HAND_OVER = Duration.ofSeconds(2);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Conductor conductor;
  private final Runner runner;
  private final Map<Step, MigrationStep> steps = new EnumMap<>(Step.class);
  private final Servers servers;
  private final HealthProbe health;
  private final Switchboard switchboard;
  private final Journal journal;
  private final RebootStore store;
  private final Events events;
  private final Waiting waiting;
  private final MeterRegistry meters;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("reboots").factory());

  Reboots(
      Conductor conductor,
      Runner runner,
      List<MigrationStep> steps,
      Servers servers,
      HealthProbe health,
      Switchboard switchboard,
      Journal journal,
      RebootStore store,
      Events events,
      Waiting waiting,
      MeterRegistry meters,
      Clock clock) {
    this.conductor = conductor;
    this.runner = runner;
    steps.forEach(step -> this.steps.put(step.step(), step));
    this.servers = servers;
    this.health = health;
    this.switchboard = switchboard;
    this.journal = journal;
    this.store = store;
    this.events = events;
    this.waiting = waiting;
    this.meters = meters;
    for (ServerName server : ServerName.values()) {
      reboots(server, true);
      reboots(server, false);
    }
    this.clock = clock;
    var _ =
        timer.scheduleWithFixedDelay(
            this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reboots that server: at once where it stands by, after a move off it where it is active.
   *
   * @return how it stands after the first checks; a migration's id begins with {@code m}
   * @throws OrderRefused where the words are wrong, somebody else acts, or the other server could
   *     not take over
   * @throws DataAccessException where Redis is away
   */
  public Reboot order(ServerName server, @Nullable String reason, @Nullable String by) {
    String why = Words.reason(reason, "the server is rebooted");
    return order(server, why, Words.by(by, "a person"), Trigger.HAND);
  }

  /** The latest reboot of that server. */
  public Optional<Reboot> latest(ServerName server) {
    return store.latest(server).map(this::asItStands);
  }

  /** The same, for a person or for what is due by itself. */
  Reboot order(ServerName server, String reason, String by, Trigger trigger) {
    SwitchState seen = switchboard.read();
    return seen.active() == server
        ? moveOff(server, reason, by, trigger)
        : rebootStandby(seen, server, reason, by);
  }

  private Reboot moveOff(ServerName server, String reason, String by, Trigger trigger) {
    String id =
        conductor.order(
            new MigrationOrder(
                server, "reboot of %s: %s".formatted(server, reason), trigger, null, null, by),
            null);
    Reboot reboot = ordered(id, server, reason, by, null);
    store.keep(reboot);
    tell(by, Event.What.REBOOT_ORDERED, "%s, after a move off it: %s", server, reason);
    return reboot;
  }

  private Reboot rebootStandby(SwitchState seen, ServerName server, String reason, String by) {
    Lease lease =
        waiting
            .until(HAND_OVER, Duration.ofMillis(20), () -> switchboard.lease(NAME + server))
            .orElseThrow(() ->
                new OrderRefused(
                    Why.CONFLICT,
                    "%s is under way: wait for its end"
                        .formatted(switchboard.leased().map(Lease::migration).orElse("another"))));
    boolean started = false;
    try {
      if (journal.unfinished().stream().findAny().isPresent() || !switchboard.read().equals(seen)) {
        throw new OrderRefused(Why.CONFLICT, "a migration is under way: wait for its end");
      }
      String bootId = bootId(server);
      checkServes(server.other());
      Reboot reboot =
          ordered(NAME + server + "-" + ID.format(clock.instant()), server, reason, by, bootId);
      store.keep(reboot);
      tell(by, Event.What.REBOOT_ORDERED, "%s, which stands by: %s", server, reason);
      run(lease, seen, reboot);
      started = true;
      return reboot;
    } finally {
      if (!started) {
        runner.giveBack(lease);
      }
    }
  }

  private String bootId(ServerName server) {
    try {
      return servers.get(server).run(new ServerNow.Read(LOOK)).bootId();
    } catch (SshFailure away) {
      throw new OrderRefused(
          Why.NOT_NOW, "%s can't be rebooted: %s".formatted(server, away.getMessage()));
    }
  }

  /** Whoever is the only one left must serve. */
  private void checkServes(ServerName active) {
    health
        .awaitHealthy(servers.get(active), HEALTHY_WITHIN)
        .ifPresent(complaint -> {
          throw new OrderRefused(
              Why.NOT_NOW,
              "%s may be needed, because %s is not well: %s"
                  .formatted(active.other(), active, complaint));
        });
  }

  private Reboot ordered(
      String id, ServerName server, String reason, String by, @Nullable String bootId) {
    return new Reboot(
        id, server, Reboot.State.RUNNING, reason, by, clock.instant(), null, bootId, null, null);
  }

  /** By the two steps that end a migration: the source is what is rebooted. */
  private void run(Lease lease, SwitchState seen, Reboot reboot) {
    MigrationRun run =
        new MigrationRun(
            lease,
            seen,
            reboot.reason(),
            servers.get(reboot.server()),
            servers.get(reboot.server().other()),
            Map.of(Fact.BOOT_ID_BEFORE, String.valueOf(reboot.bootIdBefore())),
            text -> {});
    runner.occupy(run, () -> end(take(run, reboot)));
  }

  private @Nullable Reboot take(MigrationRun run, Reboot reboot) {
    try {
      take(run, Step.REBOOT_SOURCE);
      take(run, Step.READMIT_SOURCE);
      return reboot.succeeded(clock.instant(), reboot.bootIdBefore(), run.fact(Fact.BOOT_ID_AFTER));
    } catch (RuntimeException e) {
      return isOurs(run)
          ? reboot.failed(clock.instant(), e.getMessage() == null ? e.toString() : e.getMessage())
          : null;
    }
  }

  /** Whoever has to let go does not know what became of it: the next one takes it up. */
  private static boolean isOurs(MigrationRun run) {
    try {
      run.checkStillOurs();
      return true;
    } catch (MigrationRun.Relinquished left) {
      log.warn("{}: left to whoever takes it up: {}", run.id(), left.getMessage());
      return false;
    }
  }

  private void take(MigrationRun run, Step step) {
    MigrationStep todo = steps.get(step);
    if (todo == null) {
      throw new IllegalStateException("no class for " + step);
    }
    run.checkStillOurs();
    run.learn(todo.run(run).facts());
  }

  private void end(@Nullable Reboot ended) {
    if (ended == null) {
      return;
    }
    try {
      store.keep(ended);
    } catch (DataAccessException away) {
      log.warn("{}: Redis is away; it is looked after once it is back", ended.id());
    }
    announce(ended);
  }

  private void announce(Reboot ended) {
    boolean well = ended.state() == Reboot.State.SUCCEEDED;
    if (well) {
      tell(
          ended.by(),
          Event.What.REBOOTED,
          "%s has booted anew: %s",
          ended.server(),
          ended.reason());
    } else {
      tell(
          ended.by(),
          Event.What.REBOOT_FAILED,
          "%s: %s",
          ended.server(),
          String.valueOf(ended.problem()));
    }
    reboots(ended.server(), well).increment();
  }

  private Counter reboots(ServerName server, boolean well) {
    return Counter.builder("monkey.reboots")
        .description("Reboots that were ordered or due, apart from those of migrations")
        .tag("server", server.toString())
        .tag("state", well ? "succeeded" : "failed")
        .register(meters);
  }

  private void tell(String by, Event.What what, String text, Object... words) {
    events.tell(by, what, text.formatted(words));
  }

  // ---------------------------------------------------------------- what is looked after

  private void look() {
    try {
      for (ServerName server : ServerName.values()) {
        store.latest(server).filter(Reboots::runs).ifPresent(this::lookAfter);
      }
    } catch (DataAccessException | SwitchUnknown away) {
      log.debug("nothing to look after: {}", away.getMessage());
    } catch (RuntimeException e) {
      log.error("looking after reboots failed", e);
    }
  }

  private static boolean runs(Reboot reboot) {
    return reboot.state() == Reboot.State.RUNNING;
  }

  /** Its migration has ended, or its migrator died and left it. */
  private void lookAfter(Reboot reboot) {
    if (!reboot.id().startsWith(NAME)) {
      Reboot now = asItStands(reboot);
      if (!runs(now)) {
        end(now);
      }
      return;
    }
    if (runner.occupied()) {
      return;
    }
    SwitchState seen = switchboard.read();
    switchboard
        .lease(NAME + reboot.server())
        .ifPresent(lease -> {
          if (seen.active() == reboot.server()) {
            end(reboot.failed(clock.instant(), "it has become the active server meanwhile"));
            runner.giveBack(lease);
          } else {
            run(lease, seen, reboot);
          }
        });
  }

  /** What a migration does tells its journal. */
  private Reboot asItStands(Reboot reboot) {
    if (!runs(reboot) || reboot.id().startsWith(NAME)) {
      return reboot;
    }
    Optional<MigrationView> migration = journal.find(reboot.id());
    if (migration.isEmpty()) {
      return reboot.failed(clock.instant(), "Redis has lost the migration that was to do it");
    }
    MigrationView view = migration.get();
    if (!view.ended()) {
      return reboot;
    }
    Instant at = view.endedAt() == null ? clock.instant() : view.endedAt();
    return view.state() == State.SUCCEEDED
        ? reboot.succeeded(at, view.bootIdBefore(), view.bootIdAfter())
        : reboot.failed(
            at, "migration %s: %s, %s".formatted(view.id(), view.state(), view.problem()));
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
