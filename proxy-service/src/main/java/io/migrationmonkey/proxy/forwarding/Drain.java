package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.GateState;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What never ends by itself, WebSockets and event streams: ended a while after traffic was to leave
 * its server, since neither a hold nor a flip could ever wait for it. Its client comes back, and
 * waits or goes to the other server.
 */
final class Drain {

  private static final long STAYS = Long.MAX_VALUE;

  /** Something that ends only when it is ended. */
  interface LongLived {
    ServerName server();

    /** For the metric. */
    TrafficMetrics.LongLivedKind kind();

    void end();
  }

  private final Worker worker;
  private final Map<LongLived, Long> endBy = new IdentityHashMap<>();

  Drain(Worker worker) {
    this.worker = worker;
  }

  void add(LongLived opened) {
    endBy.put(opened, STAYS);
    // A hold may have begun since its request was granted, or the proxy to stop.
    gateChanged(worker.gate.state());
  }

  void remove(LongLived closed) {
    endBy.remove(closed);
  }

  void gateChanged(GateState state) {
    if (endBy.isEmpty()) {
      return;
    }
    long patience = worker.settings.drainDeadline().toMillis();
    long deadline = worker.clock.millis() + patience;
    boolean leaving = false;
    for (Map.Entry<LongLived, Long> each : endBy.entrySet()) {
      if (state.hold() == null && each.getKey().server() == state.active() && !worker.stopping()) {
        each.setValue(STAYS);
      } else if (each.getValue() == STAYS) {
        each.setValue(deadline);
        leaving = true;
      }
    }
    if (leaving) {
      var _ = worker.loop.schedule(this::endDue, patience, TimeUnit.MILLISECONDS);
    }
  }

  private void endDue() {
    long now = worker.clock.millis();
    endAll(
        endBy.entrySet().stream()
            .filter(each -> each.getValue() <= now)
            .map(Map.Entry::getKey)
            .toList());
  }

  /** Ends all of them now. */
  void endAll() {
    endAll(new ArrayList<>(endBy.keySet()));
  }

  private void endAll(List<LongLived> due) {
    for (LongLived each : due) {
      endBy.remove(each);
      worker.metrics.longLivedEnded(each.kind());
      each.end();
    }
  }
}
