package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.Planner;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.steps.OrderRefused.Why;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/** Takes orders: checks what can be checked at once, takes the lease and has the migration run. */
@Service
public class Conductor {

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("'m'yyyyMMdd-HHmmss-").withZone(ZoneOffset.UTC);
  private static final int LOOK_BACK = 20;
  private static final Duration HAND_OVER = Duration.ofSeconds(2);

  private final Runner runner;
  private final Switchboard switchboard;
  private final Journal journal;
  private final Waiting waiting;
  private final MigrationSettings settings;
  private final Clock clock;

  Conductor(
      Runner runner,
      Switchboard switchboard,
      Journal journal,
      Waiting waiting,
      MigrationSettings settings,
      Clock clock) {
    this.runner = runner;
    this.switchboard = switchboard;
    this.journal = journal;
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
      runner.start(lease, seen, Planner.first(), facts);
      started = true;
      return id;
    } finally {
      if (!started) {
        runner.giveBack(lease);
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

  private String newId() {
    byte[] random = new byte[2];
    ThreadLocalRandom.current().nextBytes(random);
    return ID.format(clock.instant()) + HexFormat.of().formatHex(random);
  }
}
