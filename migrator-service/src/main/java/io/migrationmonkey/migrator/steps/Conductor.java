package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.Move;
import io.migrationmonkey.migrator.plan.Outcome;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.steps.OrderRefused.Why;
import io.migrationmonkey.migrator.switching.FirstStart;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/**
 * Takes orders, runs one migration at a time under a lease, and takes up what a migrator that died
 * left behind.
 */
@Service
public class Conductor implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Conductor.class);

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("'m'yyyyMMdd-HHmmss-").withZone(ZoneOffset.UTC);
  private static final int LOOK_BACK = 20;
  private static final Duration HAND_OVER = Duration.ofSeconds(2);

  private final Migration migration;
  private final DryRun dryRun;
  private final Switchboard switchboard;
  private final Journal journal;
  private final Servers servers;
  private final MigrationSettings settings;
  private final MeterRegistry meters;
  private final Clock clock;
  private final ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lease-and-recovery").factory());
  private final FirstStart firstStart;
  private final Waiting waiting;
  private volatile @Nullable MigrationRun current;

  Conductor(
      Migration migration,
      DryRun dryRun,
      Switchboard switchboard,
      FirstStart firstStart,
      Journal journal,
      Servers servers,
      Waiting waiting,
      MigrationSettings settings,
      MeterRegistry meters,
      Clock clock) {
    this.migration = migration;
    this.dryRun = dryRun;
    this.switchboard = switchboard;
    this.firstStart = firstStart;
    this.journal = journal;
    this.servers = servers;
    this.waiting = waiting;
    this.settings = settings;
    this.meters = meters;
    this.clock = clock;
    var _ = timer.scheduleWithFixedDelay(this::renewOrRecover, 0, 1, TimeUnit.SECONDS);
  }

  /**
   * Begins a migration, or a dry run.
   *
   * @param idempotencyKey the same key gets the same migration
   * @return the migration's id
   * @throws OrderRefused where it does not begin
   * @throws DataAccessException where Redis is away
   */
  public String order(MigrationOrder order, @Nullable String idempotencyKey) {
    String reason = order.reason();
    if (reason == null || reason.isBlank() || reason.length() > 500) {
      throw new OrderRefused(
          Why.MALFORMED,
          "'reason' is missing: say in up to 500 characters why the application moves");
    }
    String id = newId();
    if (idempotencyKey != null) {
      Optional<String> earlier = journal.claim(idempotencyKey, id);
      if (earlier.isPresent()) {
        return earlier.get();
      }
    }
    try {
      return begin(id, order, reason);
    } catch (RuntimeException e) {
      if (idempotencyKey != null) {
        journal.unclaim(idempotencyKey);
      }
      throw e;
    }
  }

  /**
   * Waits until a migration that has begun is past its checks.
   *
   * @param atMost then it is returned as it stands
   */
  public MigrationView awaitChecked(String id, Duration atMost) {
    return waiting
        .until(
            atMost,
            Duration.ofMillis(50),
            () ->
                journal
                    .find(id)
                    .filter(view ->
                        view.ended() || (view.step() != null && view.step() != Step.CHECK_SERVERS)))
        .or(() -> journal.find(id))
        .orElseThrow(() -> new IllegalStateException("the journal of %s is gone".formatted(id)));
  }

  private String begin(String id, MigrationOrder order, String reason) {
    journal.unfinished().stream()
        .findAny()
        .ifPresent(running -> {
          throw underWay(running.id());
        });
    // One that has just ended gives its lease back a moment after it has said so.
    Lease lease =
        waiting
            .until(HAND_OVER, Duration.ofMillis(20), () -> switchboard.lease(id))
            .orElseThrow(
                () -> underWay(switchboard.leased().map(Lease::migration).orElse("another")));
    boolean started = false;
    try {
      SwitchState seen = switchboard.read();
      Trigger trigger = order.trigger() == null ? Trigger.HAND : order.trigger();
      if (order.from() != null && order.from() != seen.active()) {
        throw new OrderRefused(
            Why.CONFLICT,
            "%s is the standby already: %s is active".formatted(order.from(), seen.active()));
      }
      if (trigger == Trigger.MONITOR && !Boolean.TRUE.equals(order.force())) {
        refuseWhileCoolingDown();
      }
      Map<Fact, String> facts = new EnumMap<>(Fact.class);
      facts.put(Fact.TRIGGER, trigger.name());
      facts.put(Fact.FROM, seen.active().toString());
      facts.put(Fact.TO, seen.active().other().toString());
      facts.put(Fact.REASON, reason);
      facts.put(Fact.DRY_RUN, Boolean.toString(Boolean.TRUE.equals(order.dryRun())));
      journal.open(id, new JournalEntry(clock.instant(), Kind.ORDERED, null, reason, facts));
      start(lease, seen, Planner.first(), facts);
      started = true;
      return id;
    } finally {
      if (!started) {
        giveBack(lease);
      }
    }
  }

  private void refuseWhileCoolingDown() {
    Instant now = clock.instant();
    journal.latest(LOOK_BACK).stream()
        .filter(earlier -> earlier.state() == State.SUCCEEDED)
        .findFirst()
        .flatMap(earlier -> Optional.ofNullable(earlier.endedAt()))
        .map(ended -> ended.plus(settings.coolDown()))
        .filter(now::isBefore)
        .ifPresent(until -> {
          throw new OrderRefused(
              Why.NOT_NOW,
              "the application moved lately: no automatic migration before %s (order it by hand, or with force)"
                  .formatted(until));
        });
  }

  private static OrderRefused underWay(String id) {
    return new OrderRefused(
        Why.CONFLICT,
        "migration %s is under way: follow it at /api/migrations/%s/events".formatted(id, id));
  }

  private void start(Lease lease, SwitchState seen, Move first, Map<Fact, String> facts) {
    Scribe scribe = new Scribe(journal, lease.migration(), clock);
    MigrationRun run =
        new MigrationRun(
            lease,
            seen,
            facts.getOrDefault(Fact.REASON, ""),
            servers.get(seen.active()),
            servers.get(seen.active().other()),
            facts,
            scribe::progress);
    current = run;
    worker.execute(() -> conduct(run, first, scribe));
  }

  private void conduct(MigrationRun run, Move first, Scribe scribe) {
    try {
      State state =
          Boolean.parseBoolean(run.fact(Fact.DRY_RUN))
              ? dryRun.run(run, scribe)
              : migration.run(first, run, scribe).state();
      count(state, run);
      scribe.flush();
    } catch (MigrationRun.Relinquished e) {
      log.warn("{}: left to whoever takes it up: {}", run.id(), e.getMessage());
    } catch (DataAccessException e) {
      log.warn("{}: Redis is away; its end is found out once it is back", run.id());
    } catch (RuntimeException e) {
      log.error("{}: the migrator itself failed; it is taken up again", run.id(), e);
    } finally {
      giveBack(run.lease());
      current = null;
    }
  }

  private void giveBack(Lease lease) {
    try {
      switchboard.giveBack(lease);
    } catch (DataAccessException e) {
      log.warn("{}: the lease could not be given back and will run out", lease.migration());
    }
  }

  private void count(State state, MigrationRun run) {
    meters
        .counter(
            "monkey.migrations",
            "state",
            lower(state.name()),
            "trigger",
            lower(run.fact(Fact.TRIGGER)))
        .increment();
  }

  private void renewOrRecover() {
    try {
      firstStart.complete();
      MigrationRun mine = current;
      if (mine == null) {
        recover();
      } else if (!switchboard.renew(mine.lease())) {
        mine.relinquish("the lease was lost to another migrator");
      }
    } catch (DataAccessException e) {
      log.debug("Redis is away: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("looking for unfinished migrations failed", e);
    }
  }

  /** Takes up a migration that has begun and not ended and that nobody works on. */
  private void recover() {
    for (MigrationView view : journal.unfinished()) {
      Optional<Lease> lease = switchboard.lease(view.id());
      if (lease.isPresent()) {
        Map<Fact, String> facts = new EnumMap<>(Fact.class);
        journal.entries(view.id(), 0).forEach(entry -> facts.putAll(entry.facts()));
        Step at = view.steps().isEmpty() ? Step.CHECK_SERVERS : view.steps().getLast().name();
        log.warn("{}: its migrator stopped during {}; taking it up", view.id(), at);
        SwitchState seen = new SwitchState(view.from(), epochBefore(view), "");
        start(lease.get(), seen, Planner.after(new Outcome.Interrupted(at)), facts);
        return;
      }
    }
  }

  /** The epoch that a flip would have to find: what stands now, unless the flip has landed. */
  private long epochBefore(MigrationView view) {
    SwitchState now = switchboard.read();
    return now.flippedBy().equals(view.id()) ? now.epoch() - 1 : now.epoch();
  }

  private String newId() {
    byte[] random = new byte[2];
    ThreadLocalRandom.current().nextBytes(random);
    return ID.format(clock.instant()) + HexFormat.of().formatHex(random);
  }

  private static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }

  /** Lets go of what runs: its journal stands open, and the next start takes it up. */
  @Override
  public void destroy() {
    timer.shutdownNow();
    MigrationRun mine = current;
    if (mine != null) {
      mine.relinquish("the migrator is stopping");
    }
    worker.shutdownNow();
  }
}
