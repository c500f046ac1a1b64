package io.migrationmonkey.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.Gate.Claim;
import io.migrationmonkey.proxy.routing.Gate.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class GateTest {

  private final ManualClock clock = new ManualClock();
  private final Gate gate =
      new Gate(new GateSettings(3, DataSize.ofMegabytes(1), Duration.ofSeconds(60)), clock);

  /** Notes what it is told. */
  private static final class Listener implements Gate.Claimant {
    final List<ServerName> granted = new ArrayList<>();
    final List<Refusal> refused = new ArrayList<>();

    @Override
    public void granted(Claim claim, ServerName server) {
      granted.add(server);
    }

    @Override
    public void refused(Refusal refusal) {
      refused.add(refusal);
    }
  }

  private void route(ServerName server) {
    gate.follow(new Route(server, 1), new HoldOrder.Open());
  }

  private void hold(String migration, Duration left) {
    gate.follow(gate.state().route(), new HoldOrder.Wait(migration, left));
  }

  @Test
  void nothingIsGrantedBeforeThereIsARoute() {
    Listener listener = new Listener();
    gate.claim(listener, 100).close();
    assertThat(listener.refused).containsExactly(Refusal.NO_ROUTE);
    assertThat(gate.state().allInFlight()).isZero();
  }

  @Test
  void aHoldEndsAtItsDeadlineAndGoesToTheLastRoute() {
    route(ServerName.PRODUCTION);
    hold("m-1", Duration.ofSeconds(10));
    Listener listener = new Listener();
    Claim claim = gate.claim(listener, 100);
    clock.advance(Duration.ofMillis(9_999));
    assertThat(gate.tick()).isNull();
    assertThat(listener.granted).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(gate.tick().migration()).isEqualTo("m-1");
    assertThat(listener.granted).containsExactly(ServerName.PRODUCTION);
    assertThat(claim.waited()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void anEarlierReadingOfTheSameHoldDoesNotEndItAndALaterOneProlongsIt() {
    route(ServerName.PRODUCTION);
    hold("m-1", Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(8));
    hold("m-1", Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(8));
    assertThat(gate.tick()).isNull();
    clock.advance(Duration.ofSeconds(2));
    assertThat(gate.tick()).isNotNull();
  }

  @Test
  void whatTheLatestHoldCostStaysKnownUntilTheNextBegins() {
    route(ServerName.PRODUCTION);
    hold("m-1", Duration.ofSeconds(50));
    gate.claim(new Listener(), 100);
    clock.advance(Duration.ofSeconds(1));
    gate.claim(new Listener(), 100);
    clock.advance(Duration.ofSeconds(1));
    assertThat(gate.state().longestStall()).isEqualTo(Duration.ofSeconds(2));
    gate.follow(new Route(ServerName.BACKUP, 2), new HoldOrder.Open());
    clock.advance(Duration.ofSeconds(30));
    assertThat(gate.state().held()).isEqualTo(2);
    assertThat(gate.state().longestStall()).isEqualTo(Duration.ofSeconds(2));
    hold("m-2", Duration.ofSeconds(5));
    assertThat(gate.state().held()).isZero();
    assertThat(gate.state().longestStall()).isZero();
  }

  @Test
  void keepingLeavesAHoldToItsOwnDeadline() {
    route(ServerName.PRODUCTION);
    hold("m-1", Duration.ofSeconds(5));
    gate.follow(new Route(ServerName.PRODUCTION, 1), new HoldOrder.Keep());
    assertThat(gate.state().holding()).isEqualTo("m-1");
    clock.advance(Duration.ofSeconds(5));
    gate.tick();
    assertThat(gate.state().holding()).isNull();
  }

  @Test
  void watchersHearOfAHoldOfItsLastRequestAndOfAFlipAndNotOfEveryReading() {
    AtomicInteger told = new AtomicInteger();
    route(ServerName.PRODUCTION);
    gate.watch(told::incrementAndGet);
    Claim flying = gate.claim(new Listener(), 100);
    hold("m-1", Duration.ofSeconds(5));
    assertThat(told).hasValue(1);
    hold("m-1", Duration.ofSeconds(5));
    assertThat(told).hasValue(1);
    flying.close();
    assertThat(told).hasValue(2);
    gate.follow(new Route(ServerName.BACKUP, 2), new HoldOrder.Open());
    assertThat(told).hasValue(3);
    gate.follow(new Route(ServerName.BACKUP, 2), new HoldOrder.Open());
    gate.claim(new Listener(), 100).close();
    assertThat(told).hasValue(3);
  }

  @Test
  void eachWaitsNoLongerThanItMay() {
    route(ServerName.PRODUCTION);
    hold("m-1", Duration.ofSeconds(600));
    Listener first = new Listener();
    Listener second = new Listener();
    gate.claim(first, 100);
    clock.advance(Duration.ofSeconds(30));
    gate.claim(second, 100);
    clock.advance(Duration.ofSeconds(30));
    gate.tick();
    assertThat(first.refused).containsExactly(Refusal.HELD_TOO_LONG);
    assertThat(second.refused).isEmpty();
    assertThat(gate.state().waiting()).isEqualTo(1);
  }

  @Test
  void closingTwiceCountsOnce() {
    route(ServerName.PRODUCTION);
    Claim one = gate.claim(new Listener(), 100);
    gate.claim(new Listener(), 100);
    one.close();
    one.close();
    assertThat(gate.state().allInFlight()).isEqualTo(1);
  }

  @Test
  void whatWaitsIsBoundedInBytes() {
    route(ServerName.PRODUCTION);
    hold("m-1", Duration.ofSeconds(10));
    Listener large = new Listener();
    Claim claim = gate.claim(large, 1_000_000);
    Listener more = new Listener();
    gate.claim(more, 100_000);
    assertThat(more.refused).containsExactly(Refusal.TOO_MUCH_WAITS);
    claim.close();
    Listener again = new Listener();
    gate.claim(again, 100_000);
    assertThat(again.refused).isEmpty();
  }
}
