package io.migrationmonkey.monitor.orders;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.monitor.orders.OrderState.Armed;
import io.migrationmonkey.monitor.orders.OrderState.Ordered;
import io.migrationmonkey.monitor.orders.OrderState.Paused;
import io.migrationmonkey.monitor.orders.OrderState.Wanted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Decides when to order a migration: once per episode of exhaustion, again until somebody takes the
 * order, and never while it is unknown whether this server is the active one.
 */
final class OrderRule {

  /** Between two looks at a migration that runs, and two questions while another one runs. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /** The longest wait between two tries; the first is a second and each next twice as long. */
  static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  /** After an order that came to nothing. */
  static final Duration PAUSE = Duration.ofSeconds(60);

  private OrderRule() {}

  /**
   * A move, and where it leaves this monitor.
   *
   * @param why in words
   */
  record Plan(OrderState state, Move move, String why) {

    static Plan rest(OrderState state, String why) {
      return new Plan(state, new Move.Wait(), why);
    }
  }

  /** What to do now. */
  static Plan next(OrderState state, Situation situation) {
    if (situation.verdict() == null) {
      return Plan.rest(state, "the memory can't be read");
    }
    if (situation.verdict() != Verdict.EXHAUSTED) {
      return Plan.rest(
          new Armed(),
          situation.verdict() == Verdict.CALM
              ? "the memory is calm"
              : "the memory is strained; no order yet");
    }
    if (situation.active() == null) {
      return Plan.rest(state, "exhausted, but nobody knows which server is active");
    }
    if (situation.active() != situation.server()) {
      return Plan.rest(new Armed(), "exhausted, but this server is the standby");
    }
    return exhaustedAndActive(state, situation);
  }

  /** What an answer changes. */
  static OrderState after(OrderState state, Answer answer, Instant now) {
    return switch (state) {
      case Wanted wanted ->
          switch (answer) {
            case Answer.Accepted(var location) ->
                new Ordered(wanted.key(), location, now.plus(LOOK_AGAIN));
            case Answer.Busy _ -> new Wanted(wanted.key(), 0, now.plus(LOOK_AGAIN));
            case Answer.Failed _ ->
                new Wanted(
                    wanted.key(), wanted.failures() + 1, now.plus(backoff(wanted.failures() + 1)));
            case Answer.Refused _, Answer.Ended _ -> new Paused(now.plus(PAUSE));
            case Answer.Running _ -> state;
          };
      case Ordered ordered ->
          switch (answer) {
            case Answer.Ended _ -> new Paused(now.plus(PAUSE));
            default -> new Ordered(ordered.key(), ordered.location(), now.plus(LOOK_AGAIN));
          };
      case Armed _, Paused _ -> state;
    };
  }

  private static Plan exhaustedAndActive(OrderState state, Situation situation) {
    Instant now = situation.now();
    return switch (state) {
      case Armed _ -> order(new Wanted(newKey(situation), 0, now));
      case Wanted wanted when due(wanted.due(), now) -> order(wanted);
      case Wanted _ -> Plan.rest(state, "exhausted; asking the migrator again soon");
      case Ordered ordered when due(ordered.due(), now) ->
          new Plan(ordered, new Move.Look(ordered.location()), "ordered; the migration runs");
      case Ordered _ -> Plan.rest(state, "ordered; the migration runs");
      case Paused paused when due(paused.until(), now) ->
          order(new Wanted(newKey(situation), 0, now));
      case Paused _ -> Plan.rest(state, "exhausted; the last order came to nothing, pausing");
    };
  }

  private static Plan order(Wanted wanted) {
    return new Plan(wanted, new Move.Order(wanted.key()), "exhausted; ordering a migration");
  }

  private static String newKey(Situation situation) {
    return "monitor-%s-%s"
        .formatted(situation.server(), situation.now().truncatedTo(ChronoUnit.MILLIS));
  }

  // Nothing waits longer than a pause, unless the clock was set back meanwhile.
  private static boolean due(Instant when, Instant now) {
    return !now.isBefore(when) || when.isAfter(now.plus(PAUSE));
  }

  /** How long to wait after so many failures in a row. */
  static Duration backoff(int failures) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(failures - 1, 5));
    return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
  }
}
