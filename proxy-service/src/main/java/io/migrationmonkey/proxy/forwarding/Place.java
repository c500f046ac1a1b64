package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.Gate;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request's place at the gate: the gate may answer on any thread, the request hears of it on its
 * event loop. Closed, it is heard of no more.
 */
final class Place implements Gate.Claimant, AutoCloseable {

  private final Worker worker;
  private final Exchange exchange;
  private Gate.@Nullable Claim claim;
  private boolean closed;

  Place(Worker worker, Exchange exchange) {
    this.worker = worker;
    this.exchange = exchange;
  }

  void ask(int bytes) {
    // Granted at once, the request may be over by now.
    keep(worker.gate.claim(this, bytes));
  }

  @Override
  public void granted(Gate.Claim granted, ServerName server) {
    if (worker.loop.inEventLoop()) {
      grant(granted, server);
      return;
    }
    try {
      worker.loop.execute(() -> grant(granted, server));
    } catch (RejectedExecutionException e) {
      // The proxy has stopped, and the client's connection with it.
      granted.close();
    }
  }

  @Override
  public void refused(Gate.Refusal refusal) {
    if (worker.loop.inEventLoop()) {
      refuse(refusal);
      return;
    }
    try {
      worker.loop.execute(() -> refuse(refusal));
    } catch (RejectedExecutionException e) {
      // As above; a refused claim has nothing to give back.
    }
  }

  private void grant(Gate.Claim granted, ServerName server) {
    keep(granted);
    if (!closed) {
      exchange.granted(server, granted.waited());
    }
  }

  private void refuse(Gate.Refusal refusal) {
    if (!closed) {
      exchange.refused(refusal);
    }
  }

  private void keep(Gate.Claim mine) {
    claim = mine;
    if (closed) {
      mine.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    Gate.Claim mine = claim;
    if (mine != null) {
      mine.close();
    }
  }
}
