package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.faults.JournalTail.Ended;
import io.migrationmonkey.lab.faults.Moment.When;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.Turns;
import io.migrationmonkey.lab.load.Verification;
import io.migrationmonkey.lab.running.RunningStack;
import io.migrationmonkey.lab.stack.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One case from its beginning to its end: a migration under load, the fault at its moment, the end
 * of the migration, what the servers hold then, and one more migration.
 */
final class Experiment {

  private static final Duration REACHED = Duration.ofSeconds(150);
  private static final Duration ENDED = Duration.ofMinutes(7);
  private static final Duration NEXT = Duration.ofMinutes(4);
  private static final Duration FORGOTTEN = Duration.ofSeconds(6);
  private static final Duration SETTLED = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final RunningStack running;
  private final FaultCase what;
  private final List<String> broken = new ArrayList<>();

  private volatile String answer = "none";
  private Ended ended = new Ended("NOT REACHED", "");
  private String next = "none";
  private String serves = "nobody knows";
  private Duration recovered = Duration.ZERO;
  private LoadFigures figures = LoadFigures.none();
  private Verification writes = new Verification(0, List.of(), List.of());
  private SplitBrainSampler.Sighting sighting = new SplitBrainSampler.Sighting(0, 0, List.of());

  private Experiment(RunningStack running, FaultCase what) {
    this.running = running;
    this.what = what;
  }

  /** Runs it and leaves the stack well, whatever happens. */
  static CaseResult run(RunningStack running, FaultCase what) {
    Experiment experiment = new Experiment(running, what);
    try {
      experiment.run();
    } catch (InterruptedException e) {
      experiment.broken.add("it was not over in time");
    } catch (Exception | AssertionError e) {
      experiment.broken.add(
          "it broke off: %s (the last order was answered: %s)"
              .formatted(e.getMessage(), experiment.answer));
    }
    return experiment.result();
  }

  private void run() throws Exception {
    ServerName active = Repair.of(running).well();
    Site site = Site.now(running, active);
    what.fault().prepare().on(site);
    makeItLast(site);
    Ledger ledger = RunningStack.ledger("fault");
    Ledger after = RunningStack.ledger("after");
    try (SplitBrainSampler sampler = SplitBrainSampler.start(running.stack.addresses())) {
      try {
        migrateWithTheFault(site, ledger);
        migrateAgain(after);
      } finally {
        sighting = sampler.sighting();
      }
    }
    if (sighting.both() > 0) {
      broken.add(
          "both servers were at work in %d of %d rounds: %s"
              .formatted(sighting.both(), sighting.rounds(), sighting.firstBoth()));
    }
    if (sighting.rounds() < 50) {
      broken.add("the servers were asked only %d times".formatted(sighting.rounds()));
    }
    verify(ledger, after);
  }

  private void makeItLast(Site site) throws Exception {
    if (what.moment().when() != When.DURING || what.fault() == Fault.DISK_FULL_DATA) {
      return;
    }
    switch (what.moment().step()) {
      case "INSTALL_PACKAGES" -> site.removePackages();
      case "COPY_DATA", "COPY_LAST_CHANGES" -> site.addData();
      default -> {}
    }
  }

  private void migrateWithTheFault(Site site, Ledger ledger) throws Exception {
    try (Load load = running.load(ledger);
        JournalTail journal = JournalTail.ofTheNext(running.stack)) {
      try {
        Patience.pause(Duration.ofMillis(500));
        order("fault " + what);
        journal.await(what.moment(), REACHED);
        if (what.moment().when() == When.DURING) {
          Patience.pause(underWay());
        }
        strike(journal, site);
        awaitOneServing();
        Patience.pause(Duration.ofSeconds(1));
        load.stop();
      } finally {
        figures = load.figures();
      }
    }
    if (ended.state().equals("NEEDS_HELP") && !what.fault().mayAskForHelp()) {
      broken.add("it needs help: " + ended.problem());
    }
  }

  /** Breaks it, waits for the migration's end, and has it well again in any case. */
  private void strike(JournalTail journal, Site site) throws Exception {
    boolean healed = false;
    long struckAt = System.nanoTime();
    try {
      what.fault().inject().on(site);
      healed = awaitEnd(journal, site, struckAt);
      recovered = Duration.ofNanos(System.nanoTime() - struckAt);
    } finally {
      if (!healed) {
        what.fault().heal().on(site);
      }
    }
  }

  /** How long after its beginning a step that was made to last is under way. */
  private Duration underWay() {
    return switch (what.moment().step()) {
      case "INSTALL_PACKAGES" -> Duration.ofSeconds(3);
      case "COPY_DATA" -> Duration.ofMillis(600);
      default -> Duration.ofMillis(150);
    };
  }

  /** Orders without waiting for the answer: who would give it may be killed meanwhile. */
  private void order(String reason) {
    answer = "none yet";
    Thread.ofVirtual()
        .start(() -> {
          try {
            answer =
                running
                    .stack
                    .migrations()
                    .order("{\"reason\":\"%s\"}".formatted(reason))
                    .toString();
          } catch (IOException e) {
            answer = e.toString();
          }
        });
  }

  /** Waits until it has ended or nobody knows of it any more; returns whether it was healed. */
  private boolean awaitEnd(JournalTail journal, Site site, long struckAt) throws Exception {
    boolean healed = false;
    long forgottenSince = 0;
    while (true) {
      long now = System.nanoTime();
      if (!healed && now - struckAt > what.fault().healAfter().toNanos()) {
        healed = true;
        what.fault().heal().on(site);
      }
      try {
        Optional<Ended> end = journal.ended();
        if (end.isPresent()) {
          ended = end.get();
          return healed;
        }
        forgottenSince =
            healed && journal.forgotten() ? (forgottenSince == 0 ? now : forgottenSince) : 0;
      } catch (IOException away) {
        forgottenSince = 0;
      }
      if (forgottenSince != 0 && now - forgottenSince > FORGOTTEN.toNanos()) {
        ended = new Ended("FORGOTTEN", "Redis lost its journal");
        return healed;
      }
      if (now - struckAt > ENDED.toNanos()) {
        ended = new Ended("NOT ENDED", "");
        throw new IOException(
            "migration %s has not ended %d s after the fault"
                .formatted(journal.id(), ENDED.toSeconds()));
      }
      Patience.pause(LOOK);
    }
  }

  private void awaitOneServing() throws Exception {
    try {
      serves =
          Patience.until(
              "exactly one server to serve, and the switch to name it",
              SETTLED,
              () -> Serving.look(running.stack).one().map(ServerName::toString));
    } catch (IOException e) {
      serves = Serving.look(running.stack).toString();
      broken.add("%s; %s".formatted(e.getMessage(), serves));
    }
  }

  private void migrateAgain(Ledger ledger) throws Exception {
    running.stack.awaitReady(RunningStack.SOON);
    try (Load load = running.load(ledger);
        JournalTail journal = JournalTail.ofTheNext(running.stack)) {
      order("after " + what);
      Ended end = Patience.until("the next migration to end", NEXT, () -> journal.ended());
      next = end.state();
      if (!end.state().equals("SUCCEEDED")) {
        broken.add("the next migration ended %s: %s".formatted(end.state(), end.problem()));
      }
      awaitNextServing();
      LoadFigures after = load.stop();
      if (after.failed() > 0) {
        broken.add(
            "%d requests failed during the next migration: %s"
                .formatted(after.failed(), after.firstFailures()));
      }
    }
  }

  private void awaitNextServing() throws Exception {
    Patience.until(
        "exactly one server to serve after the next migration",
        SETTLED,
        () -> Serving.look(running.stack).one());
  }

  private void verify(Ledger ledger, Ledger after) throws Exception {
    Optional<ServerName> active = Serving.look(running.stack).one();
    if (active.isEmpty()) {
      broken.add("no server to verify the writes on");
      return;
    }
    List<String> texts = running.texts(active.get());
    writes = ledger.verify(texts);
    told("", writes);
    told("of the next migration: ", after.verify(texts));
    Turns.toAndFro(ledger.promises()).ifPresent(broken::add);
    Turns.toAndFro(after.promises()).ifPresent(broken::add);
    if (writes.acknowledged() == 0) {
      broken.add("no write was acknowledged: nothing was shown");
    }
  }

  private void told(String which, Verification verification) {
    if (!verification.missing().isEmpty()) {
      broken.add(
          "%s%d of %d acknowledged writes are lost: %s"
              .formatted(
                  which,
                  verification.missing().size(),
                  verification.acknowledged(),
                  some(verification.missing())));
    }
    if (!verification.duplicated().isEmpty()) {
      broken.add(
          "%s%d writes are there twice: %s"
              .formatted(which, verification.duplicated().size(), some(verification.duplicated())));
    }
  }

  private static List<String> some(List<String> texts) {
    return texts.subList(0, Math.min(3, texts.size()));
  }

  private CaseResult result() {
    return new CaseResult(
        Version.now(),
        what.name(),
        what.fault().words(),
        what.moment().toString(),
        ended.state(),
        ended.problem(),
        figures.total(),
        figures.failed() - figures.failedWrites(),
        figures.failedWrites(),
        figures.longestStall().toMillis(),
        recovered.toMillis(),
        writes.acknowledged(),
        writes.missing().size(),
        writes.duplicated().size(),
        sighting.rounds(),
        sighting.both(),
        serves,
        next,
        List.copyOf(broken));
  }
}
