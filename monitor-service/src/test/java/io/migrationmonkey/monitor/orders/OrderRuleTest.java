package io.migrationmonkey.monitor.orders;

import static io.migrationmonkey.contract.MonitorReport.Verdict.CALM;
import static io.migrationmonkey.contract.MonitorReport.Verdict.EXHAUSTED;
import static io.migrationmonkey.contract.ServerName.BACKUP;
import static io.migrationmonkey.contract.ServerName.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.orders.OrderState.Armed;
import io.migrationmonkey.monitor.orders.OrderState.Ordered;
import io.migrationmonkey.monitor.orders.OrderState.Paused;
import io.migrationmonkey.monitor.orders.OrderState.Wanted;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderRuleTest {

  private static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");
  private static final String KEY = "monitor-production-2026-01-01T02:00:00Z";
  private static final URI LOCATION = URI.create("http://migrator:8081/api/migrations/m-1");
  private static final Answer FAILED = new Answer.Failed("nobody there");

  @Test
  void ordersAtOnceWhenTheActiveServerIsExhausted() {
    OrderRule.Plan plan = OrderRule.next(new Armed(), exhausted(NOW));
    assertThat(plan.move()).isEqualTo(new Move.Order(KEY));
    assertThat(plan.state()).isEqualTo(new Wanted(KEY, 0, NOW));
  }

  @Test
  void ordersNothingWhileCalmOrStandbyOrUnknown() {
    for (Situation quiet :
        List.of(
            situation(NOW, CALM, PRODUCTION),
            situation(NOW, CALM, null),
            situation(NOW, EXHAUSTED, BACKUP),
            situation(NOW, EXHAUSTED, null),
            situation(NOW, null, PRODUCTION))) {
      OrderRule.Plan plan = OrderRule.next(new Armed(), quiet);
      assertThat(plan.move()).as(quiet.toString()).isEqualTo(new Move.Wait());
      assertThat(plan.state()).isEqualTo(new Armed());
    }
  }

  @Test
  void asksAgainWithTheSameKeyAfterOneSecondThenTwiceAsLongUpToThirty() {
    OrderState state = OrderRule.next(new Armed(), exhausted(NOW)).state();
    Instant now = NOW;
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      state = OrderRule.after(state, FAILED, now);
      Instant due = ((Wanted) state).due();
      waits.add(Duration.between(now, due).toSeconds());
      assertThat(OrderRule.next(state, exhausted(due.minusMillis(1))).move())
          .isEqualTo(new Move.Wait());
      now = due;
      assertThat(OrderRule.next(state, exhausted(now)).move()).isEqualTo(new Move.Order(KEY));
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 5L, 5L, 5L, 5L, 5L);
  }

  @Test
  void waitsWhileAnotherMigrationRunsAndThenAsksWithTheSameKey() {
    OrderState state =
        OrderRule.after(new Wanted(KEY, 3, NOW), new Answer.Busy("another one runs"), NOW);
    assertThat(state).isEqualTo(new Wanted(KEY, 0, NOW.plusSeconds(5)));
    assertThat(OrderRule.next(state, exhausted(NOW.plusSeconds(4))).move())
        .isEqualTo(new Move.Wait());
    assertThat(OrderRule.next(state, exhausted(NOW.plusSeconds(5))).move())
        .isEqualTo(new Move.Order(KEY));
  }

  @Test
  void onceTakenItOnlyLooks() {
    OrderState state = OrderRule.after(new Wanted(KEY, 0, NOW), new Answer.Accepted(LOCATION), NOW);
    assertThat(state).isEqualTo(new Ordered(KEY, LOCATION, NOW.plusSeconds(5)));
    Instant later = NOW.plusSeconds(5);
    for (Answer answer : List.of(new Answer.Running(), FAILED)) {
      assertThat(OrderRule.next(state, exhausted(later)).move()).isEqualTo(new Move.Look(LOCATION));
      state = OrderRule.after(state, answer, later);
      assertThat(state).isEqualTo(new Ordered(KEY, LOCATION, later.plusSeconds(5)));
      later = later.plusSeconds(5);
    }
  }

  @Test
  void aMigrationThatLeftThisServerActiveIsOrderedAnewAfterAPauseWithAFreshKey() {
    OrderState state =
        OrderRule.after(new Ordered(KEY, LOCATION, NOW), new Answer.Ended("ROLLED_BACK"), NOW);
    assertThat(state).isEqualTo(new Paused(NOW.plusSeconds(60)));
    assertThat(OrderRule.next(state, exhausted(NOW.plusSeconds(59))).move())
        .isEqualTo(new Move.Wait());
    assertThat(OrderRule.next(state, exhausted(NOW.plusSeconds(60))).move())
        .isEqualTo(new Move.Order("monitor-production-2026-01-01T02:01:00Z"));
  }

  @Test
  void aRefusedOrderPausesToo() {
    assertThat(OrderRule.after(new Wanted(KEY, 0, NOW), new Answer.Refused("412: no room"), NOW))
        .isEqualTo(new Paused(NOW.plusSeconds(60)));
  }

  @Test
  void calmAgainOrStandbyArmsItFromEveryState() {
    for (OrderState state :
        List.of(new Wanted(KEY, 2, NOW), new Ordered(KEY, LOCATION, NOW), new Paused(NOW))) {
      assertThat(OrderRule.next(state, situation(NOW, CALM, PRODUCTION)).state())
          .isEqualTo(new Armed());
      assertThat(OrderRule.next(state, situation(NOW, EXHAUSTED, BACKUP)).state())
          .isEqualTo(new Armed());
    }
  }

  @Test
  void notKnowingChangesNothing() {
    for (OrderState state :
        List.of(new Wanted(KEY, 2, NOW), new Ordered(KEY, LOCATION, NOW), new Paused(NOW))) {
      assertThat(OrderRule.next(state, situation(NOW, EXHAUSTED, null)).state()).isEqualTo(state);
      assertThat(OrderRule.next(state, situation(NOW, null, PRODUCTION)).state()).isEqualTo(state);
    }
  }

  @Test
  void aClockThatWasSetBackADayDoesNotDelayTheOrderByADay() {
    assertThat(
            OrderRule.next(new Wanted(KEY, 1, NOW), exhausted(NOW.minus(Duration.ofDays(1))))
                .move())
        .isEqualTo(new Move.Order(KEY));
  }

  /** Whatever happens: it orders only when sure, and no key is sent again once it was accepted. */
  @Property(tries = 2_000)
  void neverOrdersUnsureAndNeverReusesATakenKey(@ForAll("events") List<Event> events) {
    OrderState state = new Armed();
    Set<String> taken = new HashSet<>();
    Instant now = NOW;
    for (Event event : events) {
      now = now.plusMillis(event.millis);
      Situation situation = situation(now, event.verdict, event.active);
      OrderRule.Plan plan = OrderRule.next(state, situation);
      state = plan.state();
      if (plan.move() instanceof Move.Wait) {
        continue;
      }
      assertThat(situation.verdict()).isEqualTo(EXHAUSTED);
      assertThat(situation.active()).isEqualTo(PRODUCTION);
      if (plan.move() instanceof Move.Order(String key)) {
        assertThat(taken).doesNotContain(key);
        if (event.answer instanceof Answer.Accepted) {
          taken.add(key);
        }
      }
      state = OrderRule.after(state, event.answer, now);
    }
  }

  private record Event(
      long millis, @Nullable Verdict verdict, @Nullable ServerName active, Answer answer) {}

  @Provide
  Arbitrary<List<Event>> events() {
    return net.jqwik.api.Combinators.combine(
            Arbitraries.longs().between(1, 40_000),
            Arbitraries.of(EXHAUSTED, EXHAUSTED, EXHAUSTED, CALM).injectNull(0.1),
            Arbitraries.of(PRODUCTION, PRODUCTION, PRODUCTION, BACKUP).injectNull(0.1),
            Arbitraries.<Answer>of(
                new Answer.Accepted(LOCATION),
                new Answer.Busy("b"),
                new Answer.Refused("r"),
                FAILED,
                new Answer.Running(),
                new Answer.Ended("e")))
        .as(Event::new)
        .list()
        .ofMaxSize(40);
  }

  private static Situation exhausted(Instant now) {
    return situation(now, EXHAUSTED, PRODUCTION);
  }

  private static Situation situation(
      Instant now, @Nullable Verdict verdict, @Nullable ServerName active) {
    return new Situation(now, PRODUCTION, verdict, active);
  }
}
