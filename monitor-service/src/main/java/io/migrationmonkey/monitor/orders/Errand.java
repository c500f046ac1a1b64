package io.migrationmonkey.monitor.orders;

import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.watch.Latest;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a migration ordered for another reason than memory, by the same rule: once per episode, again
 * until somebody takes it, and never while this server is not known to be the active one. The
 * migrator is waited for on a thread of its own.
 */
public final class Errand implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Errand.class);

  private final ServerName server;
  private final Migrator migrator;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Latest<Wish> desk = new Latest<>("restart-orders", this::tendNow);

  private volatile OrderState state = new OrderState.Armed();
  private volatile String lastAnswer = "nothing was ordered";

  private record Wish(@Nullable String reason, @Nullable ServerName active) {}

  /**
   * Where it stands.
   *
   * @param state armed, wanted, ordered or paused
   * @param why what the migrator said last
   */
  public record Word(String state, String why) {}

  public Errand(ServerName server, Migrator migrator, Clock clock, MeterRegistry meters) {
    this.server = server;
    this.migrator = migrator;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Sees to it that a migration is ordered while there is a reason, without waiting for it.
   *
   * @param reason null while there is none
   * @param active the server that the switch names; null while nobody knows
   */
  public void tend(@Nullable String reason, @Nullable ServerName active) {
    if (reason != null || !(state instanceof OrderState.Armed)) {
      desk.accept(new Wish(reason, active));
    }
  }

  public Word word() {
    return new Word(
        switch (state) {
          case OrderState.Armed _ -> "armed";
          case OrderState.Wanted _ -> "wanted";
          case OrderState.Ordered _ -> "ordered";
          case OrderState.Paused _ -> "paused";
        },
        lastAnswer);
  }

  private void tendNow(Wish wish) {
    String reason = wish.reason();
    OrderRule.Plan plan =
        OrderRule.next(
            state,
            new Situation(
                clock.instant(),
                server,
                reason == null ? Verdict.CALM : Verdict.EXHAUSTED,
                wish.active()));
    state = plan.state();
    @Nullable Answer answer =
        switch (plan.move()) {
          case Move.Wait _ -> null;
          case Move.Order(var key) -> order(String.valueOf(reason), key);
          case Move.Look(var location) -> migrator.look(location);
        };
    if (answer != null) {
      state = OrderRule.after(state, answer, clock.instant());
    }
  }

  private Answer order(String reason, String key) {
    Answer answer = migrator.order(server, reason, "restart-" + key);
    String outcome =
        switch (answer) {
          case Answer.Accepted _ -> "accepted";
          case Answer.Busy _ -> "busy";
          case Answer.Refused _ -> "refused";
          default -> "failed";
        };
    OrderDesk.counter(meters, outcome).increment();
    lastAnswer = answer.toString();
    log.warn("Ordered a migration off {} ({}): {}", server, reason, answer);
    return answer;
  }

  @Override
  public void close() {
    desk.close();
  }
}
