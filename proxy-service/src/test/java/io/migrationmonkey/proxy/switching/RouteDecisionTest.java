package io.migrationmonkey.proxy.switching;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.proxy.routing.HoldOrder;
import io.migrationmonkey.proxy.routing.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RouteDecisionTest {

  private static final Duration NONE = Duration.ofMillis(-2);
  private static final Route PRODUCTION_7 = new Route(ServerName.PRODUCTION, 7);

  private static Map<String, String> record(ServerName active, long epoch) {
    return new SwitchRecord(active, epoch, "m-1", "memory", Instant.EPOCH).toHash();
  }

  private static SwitchReading reading(String value, Map<String, String> record) {
    return new SwitchReading(value, record, null, NONE);
  }

  @Test
  void aMissingSwitchKeepsTheRouteAndTheHold() {
    RouteDecision decision = RouteDecision.after(PRODUCTION_7, reading(null, Map.of()));
    assertThat(decision.route()).isEqualTo(PRODUCTION_7);
    assertThat(decision.order()).isEqualTo(new HoldOrder.Keep());
    assertThat(decision.trouble().kind()).isEqualTo(Trouble.Kind.SWITCH_MISSING);
    assertThat(decision.trouble().text()).contains("traffic keeps going to production");
  }

  @Test
  void aMissingSwitchIsNotFalse() {
    assertThat(RouteDecision.after(null, reading(null, Map.of())).route()).isNull();
  }

  @Test
  void aMalformedSwitchKeepsTheRouteAndHoldsWhereItIsToldTo() {
    SwitchReading read =
        new SwitchReading("100%s", record(ServerName.BACKUP, 8), "m-1", Duration.ofSeconds(3));
    RouteDecision decision = RouteDecision.after(PRODUCTION_7, read);
    assertThat(decision.route()).isEqualTo(PRODUCTION_7);
    assertThat(decision.order()).isEqualTo(new HoldOrder.Wait("m-1", Duration.ofSeconds(3)));
    assertThat(decision.trouble().kind()).isEqualTo(Trouble.Kind.SWITCH_MALFORMED);
    assertThat(decision.trouble().text()).contains("'100%s'");
  }

  @Test
  void aFencedFlipIsFollowed() {
    RouteDecision decision =
        RouteDecision.after(PRODUCTION_7, reading("true", record(ServerName.BACKUP, 8)));
    assertThat(decision)
        .isEqualTo(new RouteDecision(new Route(ServerName.BACKUP, 8), new HoldOrder.Open(), null));
  }

  @Test
  void aFlipByHandIsFollowedThoughTheRecordSaysOtherwise() {
    RouteDecision decision =
        RouteDecision.after(PRODUCTION_7, reading("true", record(ServerName.PRODUCTION, 7)));
    assertThat(decision.route()).isEqualTo(new Route(ServerName.BACKUP, 7));
    assertThat(decision.trouble()).isNull();
  }

  @Test
  void aSwitchWithoutARecordIsFollowedAndTheEpochIsNotForgotten() {
    assertThat(RouteDecision.after(PRODUCTION_7, reading("true", Map.of())).route())
        .isEqualTo(new Route(ServerName.BACKUP, 7));
    assertThat(RouteDecision.after(null, reading("false", Map.of())).route())
        .isEqualTo(new Route(ServerName.PRODUCTION, 0));
  }

  @Test
  void aMalformedRecordIsSaidAndTheSwitchIsFollowed() {
    RouteDecision decision =
        RouteDecision.after(PRODUCTION_7, reading("true", Map.of("epoch", "many")));
    assertThat(decision.route()).isEqualTo(new Route(ServerName.BACKUP, 7));
    assertThat(decision.trouble().kind()).isEqualTo(Trouble.Kind.RECORD_MALFORMED);
  }

  @Test
  void nothingInAnOldRedisIsBelieved() {
    SwitchReading old =
        new SwitchReading("true", record(ServerName.BACKUP, 6), "m-0", Duration.ofSeconds(5));
    RouteDecision decision = RouteDecision.after(PRODUCTION_7, old);
    assertThat(decision.route()).isEqualTo(PRODUCTION_7);
    assertThat(decision.order()).isEqualTo(new HoldOrder.Keep());
    assertThat(decision.trouble().kind()).isEqualTo(Trouble.Kind.RECORD_STALE);
    assertThat(decision.trouble().text()).contains("at least 7");
  }

  @Test
  void aHoldWithoutADeadlineIsNotHeld() {
    SwitchReading read =
        new SwitchReading("false", record(ServerName.PRODUCTION, 7), "m-1", Duration.ofMillis(-1));
    RouteDecision decision = RouteDecision.after(PRODUCTION_7, read);
    assertThat(decision.order()).isEqualTo(new HoldOrder.Open());
    assertThat(decision.trouble().kind()).isEqualTo(Trouble.Kind.HOLD_WITHOUT_DEADLINE);
  }

  @Property
  void theEpochNeverGoesBackAndOnlyTheSwitchItselfMovesTheRoute(
      @ForAll ServerName before,
      @ForAll @LongRange(max = 20) long seen,
      @ForAll String value,
      @ForAll boolean valid,
      @ForAll ServerName named,
      @ForAll @LongRange(max = 20) long epoch) {
    Route last = new Route(before, seen);
    String text = valid ? Boolean.toString(named == ServerName.BACKUP) : value;
    RouteDecision decision = RouteDecision.after(last, reading(text, record(named, epoch)));
    assertThat(decision.route().epoch()).isGreaterThanOrEqualTo(seen);
    boolean followed = epoch >= seen && (text.equals("true") || text.equals("false"));
    assertThat(decision.trouble() == null).isEqualTo(followed);
    if (!followed) {
      assertThat(decision.route()).isEqualTo(last);
    } else {
      assertThat(decision.route().active().equals(ServerName.BACKUP))
          .isEqualTo(text.equals("true"));
    }
  }
}
