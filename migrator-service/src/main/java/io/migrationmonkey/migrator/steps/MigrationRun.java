package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
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
  private final Priority priority;
  private volatile boolean flipTried;
  private volatile Instant holdsUntil = Instant.EPOCH;
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
    this(lease, seen, reason, source, standby, facts, progress, Priority.NORMAL);
  }

  /**
   * @param priority how much of the servers its copying may take
   */
  MigrationRun(
      Lease lease,
      SwitchState seen,
      String reason,
      RemoteServer source,
      RemoteServer standby,
      Map<Fact, String> facts,
      Consumer<String> progress,
      Priority priority) {
    this.lease = lease;
    this.seen = seen;
    this.reason = reason;
    this.source = source;
    this.standby = standby;
    this.facts = new EnumMap<>(Fact.class);
    this.facts.putAll(facts);
    this.progress = progress;
    this.priority = priority;
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

  Priority priority() {
    return priority;
  }

  void holdsUntil(Instant until) {
    holdsUntil = until;
  }

  /** When the hold runs out; before there is one, the beginning of time. */
  Instant holdsUntil() {
    return holdsUntil;
  }

  /** From now on the flip may have landed, whatever is heard of it. */
  void aboutToFlip() {
    flipTried = true;
  }

  /** False as long as it is certain that no flip of this migration can have landed. */
  boolean flipTried() {
    return flipTried;
  }

  /** Makes this migrator let go of the migration; another one, or its next start, takes it up. */
  void relinquish(String why) {
    relinquished.set(why);
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
