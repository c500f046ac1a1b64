package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.steps.OrderRefused.Why;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/** Takes orders: checks what can be checked at once, takes the lease and has the migration run. */
@Service
public class Conductor {

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("'m'yyyyMMdd-HHmmss-").withZone(ZoneOffset.UTC);
  private static final int LOOK_BACK = 20;
  private static final Duration HAND_OVER = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Conductor.class);

  private final Runner runner;
  private final Switchboard switchboard;
  private final Journal journal;
  private final Pause pause;
  private final ApplicationSettings application;
  private final Waiting waiting;
  private final MigrationSettings settings;
  private final Clock clock;

  Conductor(
      Runner runner,
      Switchboard switchboard,
      Journal journal,
      Pause pause,
      ApplicationSettings application,
      Waiting waiting,
      MigrationSettings settings,
      Clock clock) {
    this.runner = runner;
    this.switchboard = switchboard;
    this.journal = journal;
    this.pause = pause;
    this.application = application;
    this.waiting = waiting;
    this.settings = settings;
    this.clock = clock;
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
    String reason = Words.reason(order.reason(), "the application moves");
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
    Trigger trigger = order.trigger() == null ? Trigger.HAND : order.trigger();
    boolean byItself = trigger != Trigger.HAND;
    if (byItself) {
      refuseWhilePaused();
    }
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
      if (order.from() != null && order.from() != seen.active()) {
        throw new OrderRefused(
            Why.CONFLICT,
            "%s is the standby already: %s is active".formatted(order.from(), seen.active()));
      }
      if (byItself && !Boolean.TRUE.equals(order.force())) {
        refuseWhileCoolingDown();
      }
      Course course = application.data().isEmpty() ? Course.WITHOUT_DATA : Course.WITH_DATA;
      Map<Fact, String> facts = new EnumMap<>(Fact.class);
      facts.put(Fact.TRIGGER, trigger.name());
      facts.put(Fact.FROM, seen.active().toString());
      facts.put(Fact.TO, seen.active().other().toString());
      facts.put(Fact.REASON, reason);
      facts.put(Fact.BY, Words.by(order.by(), byTrigger(trigger, seen)));
      facts.put(Fact.DRY_RUN, Boolean.toString(Boolean.TRUE.equals(order.dryRun())));
      facts.put(Fact.FORCE, Boolean.toString(Boolean.TRUE.equals(order.force())));
      facts.put(Fact.COURSE, course.name());
      facts.put(Fact.EPOCH_BEFORE, Long.toString(seen.epoch()));
      JournalEntry ordered = new JournalEntry(clock.instant(), Kind.ORDERED, null, reason, facts);
      journal.open(id, ordered);
      log.info("{}: ordered by {}: {}", id, facts.get(Fact.BY), reason);
      runner.start(lease, seen, new Planner(course).first(), facts, ordered);
      started = true;
      return id;
    } finally {
      if (!started) {
        runner.giveBack(lease);
      }
    }
  }

  private static String byTrigger(Trigger trigger, SwitchState seen) {
    return switch (trigger) {
      case MONITOR -> "monitor on " + seen.active();
      case SCHEDULE -> "the schedule";
      case HAND -> "a person";
    };
  }

  /**
   * Has a migration stop and roll back.
   *
   * @throws OrderRefused where there is none of that id, or it is too late
   * @throws DataAccessException where Redis is away
   */
  public MigrationView abort(String id, @Nullable String by, @Nullable String reason) {
    List<JournalEntry> entries = journal.entries(id, 0);
    MigrationView view =
        journal
            .find(id)
            .orElseThrow(
                () -> new OrderRefused(Why.UNKNOWN, "no migration %s is known".formatted(id)));
    if (view.ended()) {
      throw new OrderRefused(
          Why.CONFLICT, "migration %s has ended already: %s".formatted(id, view.state()));
    }
    String actor = Words.by(by, "a person");
    String why =
        reason == null || reason.isBlank() ? "no reason given" : Words.reason(reason, "it stops");
    String word = "aborted by %s: %s".formatted(actor, why);
    switch (switchboard.forbidFlip(id, Resumption.of(entries).seen(), word)) {
      case LANDED ->
          throw new OrderRefused(
              Why.CONFLICT,
              "migration %s is past the point of no return: the traffic has moved; order one back once it has ended"
                  .formatted(id));
      case UNKNOWN ->
          throw new OrderRefused(
              Why.CONFLICT,
              "Redis has lost the record of the switch: migration %s ends by itself; PUT /api/switch then"
                  .formatted(id));
      case NOT_LANDED -> {
        journal.append(
            id,
            new JournalEntry(
                clock.instant(), Kind.ABORT_ORDERED, null, why, Map.of(Fact.BY, actor)));
        runner.abort(id, word);
      }
    }
    log.warn("{}: {}", id, word);
    return journal.find(id).orElse(view);
  }

  private void refuseWhilePaused() {
    pause
        .standing()
        .ifPresent(standing -> {
          throw new OrderRefused(
              Why.CONFLICT,
              "paused by %s since %s: %s. Nothing moves by itself until DELETE /api/pause; an order by hand is taken"
                  .formatted(standing.by(), standing.since(), standing.reason()));
        });
  }

  private void refuseWhileCoolingDown() {
    Instant now = clock.instant();
    journal.latest(LOOK_BACK).stream()
        .filter(earlier ->
            earlier.state() == State.SUCCEEDED || earlier.state() == State.SOURCE_MISSING)
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
    boolean migrates = id.startsWith("m");
    return new OrderRefused(
        Why.CONFLICT,
        !migrates
            ? "%s is under way for a moment: order again".formatted(id)
            : "migration %s is under way: follow it at /api/migrations/%s/events"
                .formatted(id, id));
  }

  private String newId() {
    byte[] random = new byte[2];
    ThreadLocalRandom.current().nextBytes(random);
    return ID.format(clock.instant()) + HexFormat.of().formatHex(random);
  }
}
