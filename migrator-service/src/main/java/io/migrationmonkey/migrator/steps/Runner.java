package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.Move;
import io.migrationmonkey.migrator.plan.Outcome;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.FirstStart;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Runs one migration at a time, keeps its lease meanwhile, and takes up what a migrator that died
 * left behind.
 */
@Component
class Runner implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Runner.class);

  private final Migration migration;
  private final DryRun dryRun;
  private final Switchboard switchboard;
  private final FirstStart firstStart;
  private final Journal journal;
  private final Servers servers;
  private final MeterRegistry meters;
  private final Clock clock;
  private final ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lease-and-recovery").factory());

  /** Held while the lease is renewed or given back: one that was given back must not come back. */
  private final Object leaseLock = new Object();

  private @Nullable MigrationRun current;

  Runner(
      Migration migration,
      DryRun dryRun,
      Switchboard switchboard,
      FirstStart firstStart,
      Journal journal,
      Servers servers,
      MeterRegistry meters,
      Clock clock) {
    this.migration = migration;
    this.dryRun = dryRun;
    this.switchboard = switchboard;
    this.firstStart = firstStart;
    this.journal = journal;
    this.servers = servers;
    this.meters = meters;
    this.clock = clock;
    var _ = timer.scheduleWithFixedDelay(this::renewOrRecover, 0, 1, TimeUnit.SECONDS);
  }

  /** Begins with that move, on a thread of its own, and gives the lease back at the end. */
  void start(Lease lease, SwitchState seen, Move first, Map<Fact, String> facts) {
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
    synchronized (leaseLock) {
      current = run;
    }
    worker.execute(() -> conduct(run, first, scribe));
  }

  void giveBack(Lease lease) {
    synchronized (leaseLock) {
      current = null;
      try {
        switchboard.giveBack(lease);
      } catch (DataAccessException e) {
        log.warn("{}: the lease could not be given back and will run out", lease.migration());
      }
    }
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
    }
  }

  private void count(State state, MigrationRun run) {
    meters
        .counter(
            "monkey.migrations",
            "state",
            state.name().toLowerCase(Locale.ROOT),
            "trigger",
            run.fact(Fact.TRIGGER).toLowerCase(Locale.ROOT))
        .increment();
  }

  private void renewOrRecover() {
    try {
      firstStart.complete();
      if (!renewed()) {
        recover();
      }
    } catch (DataAccessException e) {
      log.debug("Redis is away: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("looking for unfinished migrations failed", e);
    }
  }

  /** False when nothing runs here, so that there is no lease to keep. */
  private boolean renewed() {
    synchronized (leaseLock) {
      MigrationRun mine = current;
      if (mine == null) {
        return false;
      }
      if (!switchboard.renew(mine.lease())) {
        mine.relinquish("the lease was lost to another migrator");
      }
      return true;
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

  /** Lets go of what runs: its journal stands open, and the next start takes it up. */
  @Override
  public void destroy() {
    timer.shutdownNow();
    synchronized (leaseLock) {
      MigrationRun mine = current;
      if (mine != null) {
        mine.relinquish("the migrator is stopping");
      }
    }
    worker.shutdownNow();
  }
}
