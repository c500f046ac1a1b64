package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.Move;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.switching.FirstStart;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.OwnLease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final OwnLease ownLease;
  private final FirstStart firstStart;
  private final Journal journal;
  private final Servers servers;
  private final Waiting waiting;
  private final MigrationMetrics metrics;
  private final Clock clock;
  private final ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lease-and-recovery").factory());

  /** Held while the lease is renewed or given back: one that was given back must not come back. */
  private final Object leaseLock = new Object();

  private final AtomicBoolean cuttingShort = new AtomicBoolean();
  private @Nullable MigrationRun current;

  Runner(
      Migration migration,
      DryRun dryRun,
      Switchboard switchboard,
      OwnLease ownLease,
      FirstStart firstStart,
      Journal journal,
      Servers servers,
      Waiting waiting,
      MeterRegistry meters,
      Clock clock) {
    this.migration = migration;
    this.dryRun = dryRun;
    this.switchboard = switchboard;
    this.ownLease = ownLease;
    this.firstStart = firstStart;
    this.journal = journal;
    this.servers = servers;
    this.waiting = waiting;
    this.metrics = new MigrationMetrics(meters, this::occupied);
    this.clock = clock;
    var _ = timer.scheduleWithFixedDelay(this::renewOrRecover, 0, 1, TimeUnit.SECONDS);
  }

  /** Begins with that move, on a thread of its own, and gives the lease back at the end. */
  void start(
      Lease lease, SwitchState seen, Move first, Map<Fact, String> facts, JournalEntry ordered) {
    start(lease, seen, first, facts, List.of(ordered), Set.of());
  }

  private void start(
      Lease lease,
      SwitchState seen,
      Move first,
      Map<Fact, String> facts,
      List<JournalEntry> earlier,
      Set<Step> begun) {
    Scribe scribe = new Scribe(journal, lease.migration(), clock, waiting, earlier);
    MigrationRun run =
        new MigrationRun(
            lease,
            seen,
            facts.getOrDefault(Fact.REASON, ""),
            servers.get(seen.active()),
            servers.get(seen.active().other()),
            facts,
            scribe::progress);
    run.resume(begun);
    switchboard.aborted(run.id()).ifPresent(run::abort);
    occupy(run, () -> conduct(run, first, scribe));
  }

  /**
   * Does that under the run's lease, on a thread of its own; the lease is kept meanwhile and given
   * back at the end.
   */
  void occupy(MigrationRun run, Runnable work) {
    keep(run);
    worker.execute(() -> {
      try {
        run.runsOn(Thread.currentThread());
        work.run();
      } finally {
        // Redis must still hear of it.
        var _ = Thread.interrupted();
        giveBack(run.lease());
      }
    });
  }

  private void keep(MigrationRun run) {
    synchronized (leaseLock) {
      ownLease.took(run.lease());
      current = run;
    }
  }

  void giveBack(Lease lease) {
    synchronized (leaseLock) {
      current = null;
      try {
        switchboard.giveBack(lease);
        ownLease.gaveBack();
      } catch (DataAccessException e) {
        log.warn("{}: the lease could not be given back and will run out", lease.migration());
      }
    }
  }

  /** True while this migrator does something under a lease. */
  boolean occupied() {
    synchronized (leaseLock) {
      return current != null;
    }
  }

  /** Tells the migration of an order to stop that Redis has taken, if it is this migrator's. */
  void abort(String id, String word) {
    synchronized (leaseLock) {
      MigrationRun mine = current;
      if (mine != null && mine.id().equals(id)) {
        mine.abort(word);
        cutShort(mine);
      }
    }
  }

  private void conduct(MigrationRun run, Move first, Scribe scribe) {
    try {
      State state =
          Boolean.parseBoolean(run.fact(Fact.DRY_RUN))
              ? dryRun.run(run, scribe)
              : migration.run(first, run, scribe).state();
      metrics.ended(state, Trigger.valueOf(run.fact(Fact.TRIGGER)));
      scribe.flush();
      journal.find(run.id()).ifPresent(metrics::measure);
    } catch (MigrationRun.Relinquished e) {
      log.warn("{}: left to whoever takes it up: {}", run.id(), e.getMessage());
    } catch (DataAccessException e) {
      log.warn("{}: Redis is away; its end is found out once it is back", run.id());
    } catch (RuntimeException e) {
      log.error("{}: the migrator itself failed; it is taken up again", run.id(), e);
    }
  }

  private void renewOrRecover() {
    try {
      ownLease.giveBackFormer();
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
      switch (switchboard.keep(mine.lease())) {
        case KEPT -> {}
        case LOST -> mine.relinquish("the lease was lost to another migrator");
        case EMPTIED -> mine.redisEmptied();
      }
      switchboard.aborted(mine.id()).ifPresent(mine::abort);
      cutShort(mine);
      return true;
    }
  }

  /**
   * Ends copying that nobody wants any more. A package tool that is cut off leaves a mess, so that
   * is waited for, and so is all that is short.
   */
  private void cutShort(MigrationRun run) {
    Step step = run.current();
    boolean copies = step == Step.COPY_DATA || step == Step.COPY_LAST_CHANGES;
    if (run.aborted() != null && copies && cuttingShort.compareAndSet(false, true)) {
      worker.execute(() -> {
        try {
          run.source().run(PushData.stopLeftOver());
        } catch (SshFailure | CancellationException e) {
          log.debug("{}: copying was not cut short: {}", run.id(), e.getMessage());
        } finally {
          cuttingShort.set(false);
        }
      });
    }
  }

  /** Takes up a migration that has begun and not ended and that nobody works on. */
  private void recover() {
    for (MigrationView view : journal.unfinished()) {
      Optional<Lease> lease = switchboard.lease(view.id());
      if (lease.isPresent()) {
        // Read under the lease: what another wrote before is all there.
        takeUp(lease.get());
        return;
      }
    }
  }

  private void takeUp(Lease lease) {
    boolean started = false;
    try {
      List<JournalEntry> entries = journal.entries(lease.migration(), 0);
      if (entries.isEmpty() || entries.getLast().kind() == JournalEntry.Kind.ENDED) {
        return;
      }
      if (entries.stream().anyMatch(entry -> entry.kind() == JournalEntry.Kind.FORGED)) {
        refuse(lease.migration(), entries);
        return;
      }
      Resumption resumption = Resumption.of(entries);
      log.warn("{}: its migrator stopped; next is {}", lease.migration(), resumption.first());
      start(
          lease,
          resumption.seen(),
          resumption.first(),
          resumption.facts(),
          entries,
          resumption.begun());
      started = true;
    } finally {
      if (!started) {
        giveBack(lease);
      }
    }
  }

  /**
   * Ends it without another step. A hold that stands ends by its deadline, as when migrators die.
   */
  private void refuse(String id, List<JournalEntry> entries) {
    new Scribe(journal, id, clock, waiting, entries)
        .end(
            State.NEEDS_HELP,
            "no migrator wrote what its journal in Redis says, so nothing more was done: see which"
                + " server serves (GET /api/servers), and change Redis' passwords (docs/security.md)");
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
    try {
      // Its lease should go back while there is still a connection.
      if (!worker.awaitTermination(3, TimeUnit.SECONDS)) {
        log.warn("what runs does not end; its lease runs out");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
