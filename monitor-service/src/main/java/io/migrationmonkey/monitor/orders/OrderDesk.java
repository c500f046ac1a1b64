package io.migrationmonkey.monitor.orders;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.reports.Role;
import io.migrationmonkey.monitor.watch.Sighting;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the rule says, at each sighting, and says so in the log.
 *
 * <p>It waits for the migrator's answers, so it belongs on a thread of its own.
 */
public final class OrderDesk implements Consumer<Sighting> {

  private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);

  private final ServerName server;
  private final RedisLink redis;
  private final Migrator migrator;
  private final Clock clock;
  private final Counter accepted;
  private final Counter busy;
  private final Counter refused;
  private final Counter failed;

  private volatile Standing standing = new Standing(new OrderState.Armed(), "nothing seen yet");
  private String lastProblem = "";

  /**
   * Where this monitor stands with its order.
   *
   * @param why in words
   */
  public record Standing(OrderState state, String why) {}

  public OrderDesk(
      ServerName server, RedisLink redis, Migrator migrator, Clock clock, MeterRegistry meters) {
    this.server = server;
    this.redis = redis;
    this.migrator = migrator;
    this.clock = clock;
    this.accepted = counter(meters, "accepted");
    this.busy = counter(meters, "busy");
    this.refused = counter(meters, "refused");
    this.failed = counter(meters, "failed");
    Gauge.builder(
            "monkey.orders.waiting",
            this,
            desk -> desk.standing.state instanceof OrderState.Wanted ? 1 : 0)
        .description("1 while an order is due that the migrator has not taken")
        .tag("server", server.toString())
        .register(meters);
  }

  public Standing standing() {
    return standing;
  }

  @Override
  public void accept(Sighting sighting) {
    Role role = redis.role();
    OrderRule.Plan plan = OrderRule.next(standing.state, situation(sighting, role));
    announce(plan, sighting, role);
    standing = new Standing(plan.state(), plan.why());
    @Nullable Answer answer =
        switch (plan.move()) {
          case Move.Wait _ -> null;
          case Move.Order(var key) -> migrator.order(server, reason(sighting), key);
          case Move.Look(var location) -> migrator.look(location);
        };
    if (answer != null) {
      OrderState after = OrderRule.after(plan.state(), answer, clock.instant());
      announce(answer, after);
      standing = new Standing(after, plan.why());
    }
  }

  private Situation situation(Sighting sighting, Role role) {
    return new Situation(
        clock.instant(),
        server,
        sighting instanceof Sighting.Seen seen ? seen.judgement().verdict() : null,
        role instanceof Role.Known known ? known.active() : null);
  }

  private static String reason(Sighting sighting) {
    return switch (sighting) {
      case Sighting.Seen seen -> seen.judgement().reason();
      case Sighting.Unread unread -> unread.why();
    };
  }

  private void announce(OrderRule.Plan plan, Sighting sighting, Role role) {
    boolean news = !plan.why().equals(standing.why);
    switch (plan.state()) {
      case OrderState.Wanted wanted
          when plan.move() instanceof Move.Order && !wanted.equals(standing.state) ->
          log.warn(
              "Ordering a migration off {} from {}: {} (key {})",
              server,
              migrator.url(),
              reason(sighting),
              wanted.key());
      case OrderState.Armed _ when !(standing.state instanceof OrderState.Armed) ->
          log.info("Armed again: {}", plan.why());
      default -> {
        if (news && role instanceof Role.Unknown(var whyUnknown) && exhausted(sighting)) {
          log.warn(
              "No order: {} ({}). If it is {}, order by hand: POST {}/api/migrations",
              plan.why(),
              whyUnknown,
              server,
              migrator.url());
        }
      }
    }
  }

  private void announce(Answer answer, OrderState after) {
    switch (answer) {
      case Answer.Accepted(var location) -> {
        accepted.increment();
        log.info("The migrator took the order; follow it at {}/events", location);
      }
      case Answer.Busy(var problem) -> {
        busy.increment();
        if (!problem.equals(lastProblem)) {
          log.warn(
              "The migrator is busy ({}); asking again every {} s with the same key",
              problem,
              OrderRule.LOOK_AGAIN.toSeconds());
        }
      }
      case Answer.Refused(var problem) -> {
        refused.increment();
        log.error(
            "The migrator refused the order ({}); ordering anew in {} s if {} is still exhausted",
            problem,
            OrderRule.PAUSE.toSeconds(),
            server);
      }
      case Answer.Failed(var problem) when after instanceof OrderState.Wanted wanted -> {
        failed.increment();
        log.warn(
            "The migrator did not take the order ({}); that was try {}, the next is in {} s",
            problem,
            wanted.failures(),
            OrderRule.backoff(wanted.failures()).toSeconds());
      }
      case Answer.Failed(var problem) -> {
        if (!problem.equals(lastProblem)) {
          log.warn("The migration was ordered, but how it goes is unknown ({})", problem);
        }
      }
      case Answer.Ended(var how) ->
          log.error(
              "The migration ended ({}) and {} is still active and exhausted; ordering anew in {} s",
              how,
              server,
              OrderRule.PAUSE.toSeconds());
      case Answer.Running _ -> {}
    }
    lastProblem =
        switch (answer) {
          case Answer.Busy(var problem) -> problem;
          case Answer.Failed(var problem) -> problem;
          default -> "";
        };
  }

  private static boolean exhausted(Sighting sighting) {
    return sighting instanceof Sighting.Seen seen
        && seen.judgement().verdict() == Verdict.EXHAUSTED;
  }

  static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("monkey.orders")
        .description("Orders for a migration that this monitor sent, by what came of them")
        .tag("outcome", outcome)
        .register(meters);
  }
}
