package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one server: those that rest, those that are being opened, and who
 * waits for one.
 *
 * <p>Only so many are opened at once: ten thousand requests that a hold lets go would otherwise
 * overrun the server's backlog, and each drop there costs a second. The others take, in their
 * order, what becomes free first.
 */
final class Upstream {

  /** Whoever needs a connection. Hears exactly one of the three. */
  interface Taker {
    void connected(UpstreamConnection connection);

    void connectFailed(ServerName server, String why);

    /** Traffic leaves this server, and nothing has been sent to it. */
    void turnedAway();

    /** True as long as it still needs one. */
    boolean waits();
  }

  private static final int MOST_OPENED_AT_ONCE = 64;

  /** Not all that a server closes for idleness it closes before the next request is on its way. */
  private static final long SURE_MILLIS = 1000;

  private final Worker worker;
  private final ServerName server;
  private final Deque<UpstreamConnection> idle = new ArrayDeque<>();
  private final Deque<Taker> waiting = new ArrayDeque<>();
  private int opening;
  private long movedAt;

  Upstream(Worker worker, ServerName server) {
    this.worker = worker;
    this.server = server;
  }

  /**
   * Asks for a connection.
   *
   * @param once true for a request that can't be sent again, so that it takes no connection that
   *     the server may be closing
   */
  void take(Taker taker, boolean once) {
    UpstreamConnection ready = idle(once);
    if (ready != null) {
      taker.connected(ready);
    } else if (opening < MOST_OPENED_AT_ONCE) {
      open(taker);
    } else {
      waiting.addLast(taker);
    }
  }

  private @Nullable UpstreamConnection idle(boolean once) {
    UpstreamConnection connection;
    while ((connection = idle.peekFirst()) != null) {
      // The one that was used last goes out first: if it has rested too long, all have.
      if (once && connection.restingSince() < worker.clock.millis() - SURE_MILLIS) {
        return null;
      }
      idle.pollFirst();
      if (connection.isOpen()) {
        return connection;
      }
    }
    return null;
  }

  private void open(Taker taker) {
    opening++;
    UpstreamConnection fresh = new UpstreamConnection(worker, server);
    worker
        .connect(fresh)
        .addListener((ChannelFuture done) -> {
          opening--;
          if (done.isSuccess()) {
            worker.health.connected(server);
            movedAt = worker.clock.millis();
            if (taker.waits()) {
              taker.connected(fresh);
            } else {
              giveBack(fresh);
            }
          } else {
            String why = String.valueOf(done.cause().getMessage());
            worker.health.connectFailed(server, why);
            if (taker.waits()) {
              taker.connectFailed(server, why);
            }
          }
          openNext();
        });
  }

  /** When somebody last got a new connection here: a queue that moves is no reason to give up. */
  long movedAt() {
    return movedAt;
  }

  private void openNext() {
    while (opening < MOST_OPENED_AT_ONCE) {
      Taker next = nextWaiting();
      if (next == null) {
        return;
      }
      open(next);
    }
  }

  private @Nullable Taker nextWaiting() {
    Taker next;
    while ((next = waiting.pollFirst()) != null) {
      if (next.waits()) {
        return next;
      }
    }
    return null;
  }

  /** Keeps a connection for the next request, unless its server gets no traffic any more. */
  void giveBack(UpstreamConnection connection) {
    Taker next = nextWaiting();
    if (next != null) {
      next.connected(connection);
    } else if (worker.stopping()
        || idle.size() >= worker.settings.maxPooled()
        || worker.gate.active() != server) {
      connection.close();
    } else {
      connection.restsSince(worker.clock.millis());
      idle.addFirst(connection);
    }
  }

  void remove(UpstreamConnection connection) {
    idle.remove(connection);
  }

  /** Sends whoever waits here back to the gate. */
  void turnAway() {
    Taker next;
    while ((next = nextWaiting()) != null) {
      next.turnedAway();
    }
  }

  void closeIdle() {
    UpstreamConnection connection;
    while ((connection = idle.pollFirst()) != null) {
      connection.close();
    }
  }

  void closeRestingSinceBefore(long millis) {
    UpstreamConnection longest;
    while ((longest = idle.peekLast()) != null && longest.restingSince() < millis) {
      idle.pollLast();
      longest.close();
    }
  }
}
