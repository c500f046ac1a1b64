package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One migration under way: what each step may know and use. */
final class MigrationRun {

  private final Lease lease;
  private final SwitchState seen;
  private final String reason;
  private final RemoteServer source;
  private final RemoteServer standby;
  private final Map<Fact, String> facts;
  private final Consumer<String> progress;
  private final Set<Step> begun = EnumSet.noneOf(Step.class);
  private int landings;
  private volatile @Nullable Step current;
  private volatile Instant holdsUntil = Instant.EPOCH;
  private volatile boolean redisEmptied;
  private volatile @Nullable Thread thread;
  private final AtomicReference<@Nullable String> aborted = new AtomicReference<>();
  private final AtomicReference<@Nullable String> relinquished = new AtomicReference<>();

  /**
   * @param seen the switch when the migration began
   * @param source the server to leave
   * @param standby the server to move to
   * @param facts what earlier steps found out, from the journal
   * @param progress takes words about a step that lasts
   */
  MigrationRun(
      Lease lease,
      SwitchState seen,
      String reason,
      RemoteServer source,
      RemoteServer standby,
      Map<Fact, String> facts,
      Consumer<String> progress) {
    this.lease = lease;
    this.seen = seen;
    this.reason = reason;
    this.source = source;
    this.standby = standby;
    this.facts = new EnumMap<>(Fact.class);
    this.facts.putAll(facts);
    this.progress = progress;
  }

  String id() {
    return lease.migration();
  }

  Lease lease() {
    return lease;
  }

  SwitchState seen() {
    return seen;
  }

  String reason() {
    return reason;
  }

  RemoteServer source() {
    return source;
  }

  RemoteServer standby() {
    return standby;
  }

  Course course() {
    return Course.valueOf(facts.getOrDefault(Fact.COURSE, Course.WITH_DATA.name()));
  }

  /** Whether room and cool-down are overridden. */
  boolean forced() {
    return Boolean.parseBoolean(facts.getOrDefault(Fact.FORCE, "false"));
  }

  void holdsUntil(Instant until) {
    holdsUntil = until;
  }

  /** When the hold runs out; before there is one, the beginning of time. */
  Instant holdsUntil() {
    return holdsUntil;
  }

  /** The steps that an earlier life of this migration has begun. */
  void resume(Collection<Step> earlier) {
    begun.addAll(earlier);
  }

  /**
   * Notes that a step is about to begin.
   *
   * @throws StepFailed where it must not
   */
  void begin(Step step) {
    checkMayGoOn(step);
    current = step;
    begun.add(step);
  }

  void end() {
    current = null;
  }

  /** The step under way, if one is. */
  @Nullable Step current() {
    return current;
  }

  /** Whether that step may have done something, now or in an earlier life. */
  boolean hasBegun(Step step) {
    return begun.contains(step);
  }

  /** Counts how often this migration's flip was found to have landed against all word. */
  int foundLanded() {
    return ++landings;
  }

  boolean wasFoundLanded() {
    return landings > 0;
  }

  /** Somebody ordered it to stop; only while no flip of it can land any more. */
  void abort(String word) {
    aborted.compareAndSet(null, word);
  }

  /** Who ordered it to stop and why; null while nobody has. */
  @Nullable String aborted() {
    return aborted.get();
  }

  /** Redis has lost its data, and with it the switch that this migration would flip. */
  void redisEmptied() {
    redisEmptied = true;
  }

  /**
   * For what waits long before the flip.
   *
   * @throws StepFailed where the migration was aborted, or Redis has lost its data
   */
  void checkMayGoOn(Step step) {
    String word = aborted.get();
    if (word != null) {
      throw new StepFailed(word);
    }
    if (redisEmptied && step != Step.SWITCH_TRAFFIC && !course().isPastNoReturn(step)) {
      throw new StepFailed(
          "Redis has lost its data, the switch too: once this has ended, PUT /api/switch sets it"
              + " again");
    }
  }

  /** Has {@link #relinquish} interrupt this thread. */
  void runsOn(Thread thread) {
    this.thread = thread;
  }

  /** Makes this migrator let go of the migration; another one, or its next start, takes it up. */
  void relinquish(String why) {
    Thread running = thread;
    if (relinquished.compareAndSet(null, why) && running != null) {
      running.interrupt();
    }
  }

  /**
   * @throws Relinquished when this migrator must not act any more
   */
  void checkStillOurs() {
    String why = relinquished.get();
    if (why != null) {
      throw new Relinquished(why);
    }
  }

  /** This migrator must not act any more. */
  static final class Relinquished extends RuntimeException {

    private static final long serialVersionUID = 1;

    Relinquished(String why) {
      super(why);
    }
  }

  void progress(String text) {
    progress.accept(text);
  }

  void learn(Map<Fact, String> learned) {
    facts.putAll(learned);
  }

  /** A fact of an earlier step. */
  String fact(Fact fact) {
    String value = facts.get(fact);
    if (value == null) {
      throw new IllegalStateException("no step has found out %s".formatted(fact));
    }
    return value;
  }

  long number(Fact fact) {
    return Long.parseLong(facts.getOrDefault(fact, "0"));
  }
}
