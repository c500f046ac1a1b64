package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.parity.CompareServers;
import io.migrationmonkey.migrator.parity.Connections;
import io.migrationmonkey.migrator.parity.ParityReading;
import io.migrationmonkey.migrator.parity.ParityStore;
import io.migrationmonkey.migrator.parity.WarmRun;
import io.migrationmonkey.migrator.parity.WarmRun.Outcome;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One warm run: the steps before the hold, over connections of its own. */
final class Warming {

  static final String UNCONFIRMED = "its lease could not be confirmed";

  private static final Logger log = LoggerFactory.getLogger(Warming.class);

  /** No command is sent on the strength of a lease that was last seen to be ours before this. */
  private static final Duration TRUSTED = Duration.ofSeconds(3);

  private final Map<Step, MigrationStep> steps;
  private final CompareServers compare;
  private final ParityStore store;
  private final Clock clock;
  private final MigrationRun run;
  private final Instant startedAt;
  private final @Nullable WarmRun before;
  private final AtomicBoolean lettingGo = new AtomicBoolean();
  private volatile Instant confirmedAt;
  private @Nullable Instant copiedAt;

  /**
   * @param asked when the lease was asked for
   */
  Warming(
      Lease lease,
      SwitchState seen,
      Instant asked,
      Map<Step, MigrationStep> steps,
      Connections connections,
      CompareServers compare,
      ParityStore store,
      Clock clock) {
    this.steps = steps;
    this.compare = compare;
    this.store = store;
    this.clock = clock;
    this.startedAt = asked;
    this.confirmedAt = asked;
    this.before =
        store.warmRun().filter(last -> last.isFor(seen.active(), seen.epoch())).orElse(null);
    this.copiedAt = before == null ? null : before.copiedAt();
    this.run =
        new MigrationRun(
            lease,
            seen,
            "warm standby",
            connections.open(seen.active(), this::checkMayAct),
            connections.open(seen.active().other(), this::checkMayAct),
            Map.of(
                Fact.TRIGGER, "HAND",
                Fact.FROM, seen.active().toString(),
                Fact.TO, seen.active().other().toString(),
                Fact.REASON, "warm standby",
                Fact.BY, "warm standby",
                Fact.DRY_RUN, "false"),
            words -> log.debug("{}: {}", lease.migration(), words),
            Priority.IDLE);
  }

  Lease lease() {
    return run.lease();
  }

  /** The lease was seen to be ours then. */
  void confirm(Instant at) {
    confirmedAt = at;
  }

  boolean trusted() {
    return clock.instant().isBefore(confirmedAt.plus(TRUSTED));
  }

  /** No further command is sent, and the one that runs is given up. */
  void letGo(String why) {
    if (lettingGo.compareAndSet(false, true)) {
      run.relinquish(why);
      // Not here: closing waits for a connection that is just coming up.
      Thread.ofVirtual().start(this::close);
    }
  }

  void close() {
    run.source().close();
    run.standby().close();
  }

  /** Does what can be done beforehand, and looks at both servers afterwards. */
  WarmRun run() {
    log.info("{}: bringing {} up to date", run.id(), run.standby().name());
    Outcome outcome;
    String text;
    try {
      String complaints = check();
      take(Step.EXCHANGE_KEYS);
      String packages = install();
      String data = copy();
      outcome = packages.isEmpty() ? Outcome.COMPLETE : Outcome.PARTIAL;
      text =
          Stream.of(data, packages, complaints)
              .filter(words -> !words.isEmpty())
              .collect(Collectors.joining("; "));
    } catch (RuntimeException e) {
      outcome = Outcome.FAILED;
      text = words(e);
    }
    try {
      run.checkStillOurs();
      store.keep(compare.read(run.source(), run.standby()));
      run.checkStillOurs();
    } catch (MigrationRun.Relinquished gaveWay) {
      return ended(Outcome.PREEMPTED, words(gaveWay));
    }
    return ended(outcome, text);
  }

  /**
   * A standby that could not take over now may still be one that can be brought up to date.
   *
   * @return what the checks complain of
   */
  private String check() {
    try {
      take(Step.CHECK_SERVERS);
      return "";
    } catch (StepFailed complaint) {
      ParityReading reading = compare.read(run.source(), run.standby());
      if (!reading.safeToWarm()) {
        throw complaint;
      }
      return words(complaint);
    }
  }

  /** The data can go over without the packages: its owners are made before it. */
  private String install() {
    try {
      take(Step.INSTALL_PACKAGES);
      return "";
    } catch (RuntimeException e) {
      run.checkStillOurs();
      return words(e);
    }
  }

  private String copy() {
    Instant begun = clock.instant();
    String done = take(Step.COPY_DATA);
    copiedAt = begun;
    return done;
  }

  private String take(Step step) {
    MigrationStep todo = steps.get(step);
    if (todo == null) {
      throw new IllegalStateException("no class for " + step);
    }
    run.checkStillOurs();
    StepReport report = todo.run(run);
    run.learn(report.facts());
    log.debug("{}: {}: {}", run.id(), step, report.text());
    return report.text();
  }

  /** Right before each command: a process that was frozen must not act on what was once true. */
  private void checkMayAct() {
    if (!trusted()) {
      run.relinquish(UNCONFIRMED);
    }
    run.checkStillOurs();
  }

  private WarmRun ended(Outcome outcome, String text) {
    int failedBefore = before == null ? 0 : before.failures();
    return new WarmRun(
        run.id(),
        run.seen().active(),
        run.seen().epoch(),
        startedAt,
        clock.instant(),
        outcome,
        text,
        switch (outcome) {
          case COMPLETE, PARTIAL -> 0;
          case FAILED -> failedBefore + 1;
          case PREEMPTED -> failedBefore;
        },
        copiedAt);
  }

  private static String words(RuntimeException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
