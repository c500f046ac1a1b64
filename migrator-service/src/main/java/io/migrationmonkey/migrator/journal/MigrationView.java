package io.migrationmonkey.migrator.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A migration as its journal tells it: how it stands while it runs, its receipt when it has ended.
 *
 * @param by who ordered it
 * @param step the step under way, null when none is
 * @param problem why it did not succeed, with what to do
 * @param bytesCopied over the network, all rounds
 * @param longestStallMs how long the request that waited longest at a proxy's gate waited
 * @param packagesToInstall the names that a dry run found missing on the standby
 * @param packages what a dry run found would become of each package: the case, the name, the
 *     version
 * @param events what happened to it as a whole: who did what, when and why
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MigrationView(
    String id,
    State state,
    Trigger trigger,
    ServerName from,
    ServerName to,
    String reason,
    String by,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Step step,
    @Nullable String problem,
    List<StepView> steps,
    @Nullable List<String> packagesToInstall,
    @Nullable List<String> packages,
    @Nullable Long dataBytes,
    @Nullable Long packagesInstalled,
    @Nullable Long bytesCopied,
    @Nullable String digest,
    @Nullable Long requestsHeld,
    @Nullable Long longestStallMs,
    @Nullable String bootIdBefore,
    @Nullable String bootIdAfter,
    @JsonProperty("switch") @Nullable String switchValue,
    @Nullable Long epoch,
    List<Event> events) {

  /** One step of it; {@code ms} is absent while the step runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record StepView(
      Step name, StepOutcome outcome, Instant at, @Nullable Long ms, @Nullable String detail) {}

  /** How a step stands. */
  public enum StepOutcome {
    RUNNING,
    DONE,
    FAILED
  }

  public boolean ended() {
    return state != State.RUNNING;
  }

  /**
   * Reads a journal from its beginning.
   *
   * @throws IllegalArgumentException for a journal that does not begin with its order
   */
  public static MigrationView of(String id, List<JournalEntry> journal) {
    if (journal.isEmpty() || journal.getFirst().kind() != JournalEntry.Kind.ORDERED) {
      throw new IllegalArgumentException(
          "the journal of %s does not begin with its order".formatted(id));
    }
    Map<Fact, String> facts = new EnumMap<>(Fact.class);
    List<StepView> steps = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    Instant endedAt = null;
    for (JournalEntry entry : journal) {
      if (entry.kind() != JournalEntry.Kind.ABORT_ORDERED) {
        facts.putAll(entry.facts());
      }
      switch (entry.kind()) {
        case STARTED ->
            steps.add(new StepView(required(entry), StepOutcome.RUNNING, entry.at(), null, null));
        case DONE -> close(steps, entry, StepOutcome.DONE);
        case FAILED -> close(steps, entry, StepOutcome.FAILED);
        case ENDED -> endedAt = entry.at();
        case ORDERED, PROGRESS, ABORT_ORDERED, ROLLING_BACK, READMITTED, FORGED -> {}
      }
      event(entry).ifPresent(events::add);
    }
    Step running =
        !steps.isEmpty() && steps.getLast().outcome() == StepOutcome.RUNNING && endedAt == null
            ? steps.getLast().name()
            : null;
    String packages = facts.get(Fact.PACKAGES);
    String toInstall = facts.get(Fact.PACKAGES_TO_INSTALL);
    return new MigrationView(
        id,
        State.valueOf(facts.getOrDefault(Fact.STATE, State.RUNNING.name())),
        Trigger.valueOf(fact(facts, Fact.TRIGGER)),
        ServerName.of(fact(facts, Fact.FROM)),
        ServerName.of(fact(facts, Fact.TO)),
        fact(facts, Fact.REASON),
        by(facts),
        journal.getFirst().at(),
        endedAt,
        running,
        facts.get(Fact.PROBLEM),
        List.copyOf(steps),
        toInstall == null ? null : toInstall.isEmpty() ? List.of() : List.of(toInstall.split(" ")),
        packages == null ? null : packages.lines().toList(),
        number(facts, Fact.DATA_BYTES),
        number(facts, Fact.PACKAGES_INSTALLED),
        number(facts, Fact.BYTES_COPIED),
        facts.get(Fact.DIGEST),
        number(facts, Fact.REQUESTS_HELD),
        number(facts, Fact.LONGEST_STALL_MS),
        facts.get(Fact.BOOT_ID_BEFORE),
        facts.get(Fact.BOOT_ID_AFTER),
        facts.get(Fact.SWITCH),
        number(facts, Fact.EPOCH),
        List.copyOf(events));
  }

  private static Optional<Event> event(JournalEntry entry) {
    Event.What what =
        switch (entry.kind()) {
          case ORDERED -> Event.What.ORDERED;
          case ABORT_ORDERED -> Event.What.ABORT_ORDERED;
          case ROLLING_BACK -> Event.What.ROLLING_BACK;
          case ENDED -> Event.What.ENDED;
          case READMITTED -> Event.What.READMITTED;
          case STARTED, PROGRESS, DONE, FAILED, FORGED -> null;
        };
    if (what == null) {
      return Optional.empty();
    }
    boolean byPerson = what == Event.What.ORDERED || what == Event.What.ABORT_ORDERED;
    String by = byPerson ? by(entry.facts()) : "migrator";
    String state = entry.facts().get(Fact.STATE);
    String text = state == null || entry.text().isEmpty() ? entry.text() : ": " + entry.text();
    return Optional.of(new Event(entry.at(), by, what, state == null ? text : state + text));
  }

  private static String by(Map<Fact, String> facts) {
    String by = facts.get(Fact.BY);
    if (by != null) {
      return by;
    }
    String trigger = facts.getOrDefault(Fact.TRIGGER, Trigger.HAND.name());
    return trigger.equals(Trigger.MONITOR.name()) ? "monitor" : "a person";
  }

  private static void close(List<StepView> steps, JournalEntry entry, StepOutcome outcome) {
    StepView open = steps.isEmpty() ? null : steps.getLast();
    if (open == null || open.outcome() != StepOutcome.RUNNING || open.name() != entry.step()) {
      // Its beginning could not be written.
      steps.add(new StepView(required(entry), outcome, entry.at(), 0L, entry.text()));
      return;
    }
    steps.removeLast();
    steps.add(
        new StepView(
            open.name(),
            outcome,
            open.at(),
            Duration.between(open.at(), entry.at()).toMillis(),
            entry.text()));
  }

  private static Step required(JournalEntry entry) {
    Step step = entry.step();
    if (step == null) {
      throw new IllegalArgumentException("a %s entry without its step".formatted(entry.kind()));
    }
    return step;
  }

  private static String fact(Map<Fact, String> facts, Fact fact) {
    String value = facts.get(fact);
    if (value == null) {
      throw new IllegalArgumentException(
          "the journal lacks %s".formatted(fact.name().toLowerCase(Locale.ROOT)));
    }
    return value;
  }

  private static @Nullable Long number(Map<Fact, String> facts, Fact fact) {
    String value = facts.get(fact);
    return value == null ? null : Long.valueOf(value);
  }
}
