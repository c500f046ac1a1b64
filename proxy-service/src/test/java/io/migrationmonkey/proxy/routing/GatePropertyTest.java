package io.migrationmonkey.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.Gate.Claim;
import io.migrationmonkey.proxy.routing.Gate.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.springframework.util.unit.DataSize;

/** Whatever happens in whatever order, the gate is fair, exact and never looks back. */
class GatePropertyTest {

  private static final int MAX_WAITING = 5;

  private enum Event {
    CLAIM,
    HOLD,
    RELEASE,
    FLIP,
    FLIP_WHILE_HELD,
    FINISH_OLDEST,
    LEAVE_QUEUE,
    PASS_DEADLINE,
    PASS_SOME_TIME
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(6, Arbitraries.just(Event.CLAIM)),
            net.jqwik.api.Tuple.of(5, Arbitraries.of(Event.class)))
        .list()
        .ofMaxSize(80);
  }

  /** A request as the model sees it. */
  private static final class Request implements Gate.Claimant {
    final int number;
    final List<Request> grantedInOrder;
    Claim claim;
    ServerName server;
    Refusal refusal;
    boolean left;

    Request(int number, List<Request> grantedInOrder) {
      this.number = number;
      this.grantedInOrder = grantedInOrder;
    }

    @Override
    public void granted(Claim granted, ServerName to) {
      assertThat(settled()).as("request %d settled twice", number).isFalse();
      server = to;
      grantedInOrder.add(this);
    }

    @Override
    public void refused(Refusal why) {
      assertThat(settled()).as("request %d settled twice", number).isFalse();
      refusal = why;
    }

    boolean settled() {
      return server != null || refusal != null;
    }
  }

  @Property(tries = 2000)
  void everyClaimIsSettledOnceInOrderAndNeverForTheOldServer(@ForAll("events") List<Event> events) {
    ManualClock clock = new ManualClock();
    Gate gate =
        new Gate(
            new GateSettings(MAX_WAITING, DataSize.ofMegabytes(1), Duration.ofSeconds(60)), clock);
    ServerName active = ServerName.PRODUCTION;
    gate.follow(new Route(active, 0), new HoldOrder.Open());
    boolean holding = false;
    long epoch = 0;
    int holds = 0;
    List<Request> all = new ArrayList<>();
    List<Request> granted = new ArrayList<>();
    Deque<Request> flying = new ArrayDeque<>();
    Deque<Request> waiting = new ArrayDeque<>();

    for (Event event : events) {
      int before = granted.size();
      switch (event) {
        case CLAIM -> {
          Request request = new Request(all.size(), granted);
          all.add(request);
          request.claim = gate.claim(request, 100);
          if (!holding) {
            assertThat(request.server).isEqualTo(active);
          } else if (waiting.size() < MAX_WAITING) {
            assertThat(request.settled()).isFalse();
            waiting.add(request);
          } else {
            assertThat(request.refusal).isEqualTo(Refusal.TOO_MANY_WAIT);
          }
        }
        case HOLD -> {
          gate.follow(
              new Route(active, epoch), new HoldOrder.Wait("m-" + holds++, Duration.ofSeconds(30)));
          holding = true;
        }
        case RELEASE -> {
          gate.follow(new Route(active, epoch), new HoldOrder.Open());
          holding = false;
        }
        case FLIP -> {
          active = active.other();
          gate.follow(new Route(active, ++epoch), new HoldOrder.Open());
          holding = false;
        }
        case FLIP_WHILE_HELD -> {
          active = active.other();
          gate.follow(new Route(active, epoch), new HoldOrder.Keep());
        }
        case FINISH_OLDEST -> {
          if (!flying.isEmpty()) {
            flying.remove().claim.close();
          }
        }
        case LEAVE_QUEUE -> {
          if (!waiting.isEmpty()) {
            Request leaver = waiting.removeLast();
            leaver.claim.close();
            leaver.left = true;
          }
        }
        case PASS_DEADLINE -> {
          clock.advance(Duration.ofSeconds(30));
          gate.tick();
          holding = false;
        }
        case PASS_SOME_TIME -> {
          clock.advance(Duration.ofMillis(1));
          gate.tick();
          // A hold that was begun again and again may have kept somebody too long.
          holding = gate.state().hold() != null;
        }
      }
      waiting.removeIf(request -> request.refusal == Refusal.HELD_TOO_LONG);
      List<Request> now = granted.subList(before, granted.size());
      if (!holding && !waiting.isEmpty()) {
        assertThat(now).as("released in order of arrival").containsExactlyElementsOf(waiting);
        waiting.clear();
      }
      for (Request request : now) {
        assertThat(request.server).as("where %d went", request.number).isEqualTo(active);
      }
      flying.addAll(now);
      GateState state = gate.state();
      assertThat(state.waiting()).isEqualTo(waiting.size());
      assertThat(state.allInFlight()).isEqualTo(flying.size());
      assertThat(state.hold() != null).isEqualTo(holding);
    }

    gate.follow(new Route(active, epoch), new HoldOrder.Open());
    for (Request request : all) {
      assertThat(request.settled()).isEqualTo(!request.left);
      request.claim.close();
    }
    assertThat(gate.state().allInFlight()).isZero();
    assertThat(gate.state().waiting()).isZero();
  }
}
