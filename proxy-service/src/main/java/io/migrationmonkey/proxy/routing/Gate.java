package io.migrationmonkey.proxy.routing;

import io.migrationmonkey.contract.ServerName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one place that says where a request goes, or that it waits.
 *
 * <p>Claims are settled under a lock and told outside it. A request is in flight from the moment
 * its claim is granted until the claim is closed, so a hold that reports nothing in flight means
 * that no server works for this proxy. Whoever waits is granted in order of arrival.
 *
 * <pre>
 *   no route ──follow──▶ open ◀──follow(open), flip, deadline──┐
 *                          └────────follow(wait)────────▶ holding
 * </pre>
 */
public final class Gate {

  /** Why a claim was refused. */
  public enum Refusal {
    /** The switch has not been read since this proxy started. */
    NO_ROUTE,
    /** As many requests wait as may. */
    TOO_MANY_WAIT,
    /** What waits takes as much memory as it may. */
    TOO_MUCH_WAITS,
    /** This request has waited as long as it may. */
    HELD_TOO_LONG
  }

  /** Whoever asks where to send a request. Hears exactly one of the two, unless it closes first. */
  public interface Claimant {

    /** Called on the asking thread, or later on the one that opened the gate. */
    void granted(Claim claim, ServerName server);

    /** Called on the asking thread, or later on the one that watches the time. */
    void refused(Refusal refusal);
  }

  private final int maxWaiting;
  private final long maxWaitingBytes;
  private final Duration maxHold;
  private final Clock clock;
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashSet<Claim> waiting = new LinkedHashSet<>();
  private long waitingBytes;
  private int toProduction;
  private int toBackup;
  private volatile @Nullable Route route;
  private @Nullable Hold hold;
  private long held;
  private Duration longestStall = Duration.ZERO;

  public Gate(GateSettings settings, Clock clock) {
    this.maxWaiting = settings.maxWaiting();
    this.maxWaitingBytes = settings.maxWaitingBytes();
    this.maxHold = settings.maxHold();
    this.clock = clock;
  }

  /** Has {@code watcher} called, outside the lock, after each change that others must hear of. */
  public void watch(Runnable watcher) {
    watchers.add(watcher);
  }

  /**
   * Asks for a server. The claim must be closed once, whatever comes of it.
   *
   * @param bytes what the request takes in memory while it waits
   */
  public Claim claim(Claimant claimant, int bytes) {
    Claim claim = new Claim(claimant, bytes);
    Refusal refusal = null;
    ServerName server = null;
    lock.lock();
    try {
      Route to = route;
      if (to == null) {
        refusal = Refusal.NO_ROUTE;
      } else if (hold == null) {
        server = claim.grant(to.active());
      } else if (waiting.size() >= maxWaiting) {
        refusal = Refusal.TOO_MANY_WAIT;
      } else if (waitingBytes + bytes > maxWaitingBytes) {
        refusal = Refusal.TOO_MUCH_WAITS;
      } else {
        claim.since = clock.instant();
        waiting.add(claim);
        waitingBytes += bytes;
        held++;
      }
    } finally {
      lock.unlock();
    }
    if (server != null) {
      claimant.granted(claim, server);
    } else if (refusal != null) {
      claimant.refused(refusal);
    }
    return claim;
  }

  /** Takes over a confirmed route together with what is known about holding. */
  public void follow(Route next, HoldOrder order) {
    List<Claim> released = List.of();
    boolean changed;
    lock.lock();
    try {
      changed = !next.equals(route);
      route = next;
      switch (order) {
        case HoldOrder.Keep() -> {}
        case HoldOrder.Open() -> {
          changed |= hold != null;
          released = open(next);
        }
        case HoldOrder.Wait(String migration, Duration left) -> changed |= hold(migration, left);
      }
    } finally {
      lock.unlock();
    }
    tell(released, changed);
  }

  /**
   * Lets the time that has passed take effect: the hold's deadline, and each request's own.
   *
   * @return the hold that its deadline has just ended, or null
   */
  public @Nullable Hold tick() {
    List<Claim> released = List.of();
    List<Claim> tooLong = new ArrayList<>();
    Hold expired = null;
    lock.lock();
    try {
      Hold standing = hold;
      Route to = route;
      if (standing == null || to == null) {
        return null;
      }
      Instant now = clock.instant();
      if (!now.isBefore(standing.until())) {
        released = open(to);
        expired = standing;
      } else {
        Instant latest = now.minus(maxHold);
        for (Iterator<Claim> each = waiting.iterator(); each.hasNext(); ) {
          Claim claim = each.next();
          if (claim.since.isAfter(latest)) {
            break;
          }
          each.remove();
          claim.stopWaiting(now);
          tooLong.add(claim);
        }
      }
    } finally {
      lock.unlock();
    }
    tooLong.forEach(claim -> claim.claimant.refused(Refusal.HELD_TOO_LONG));
    tell(released, expired != null);
    return expired;
  }

  /** The active server, or null while there is no route. Costs nothing. */
  public @Nullable ServerName active() {
    Route now = route;
    return now == null ? null : now.active();
  }

  public GateState state() {
    lock.lock();
    try {
      Map<ServerName, Integer> flying =
          Map.of(ServerName.PRODUCTION, toProduction, ServerName.BACKUP, toBackup);
      Duration longest = longestStall;
      if (!waiting.isEmpty()) {
        longest = longer(longest, Duration.between(waiting.getFirst().since, clock.instant()));
      }
      return new GateState(route, hold, flying, waiting.size(), held, longest);
    } finally {
      lock.unlock();
    }
  }

  private boolean hold(String migration, Duration left) {
    Hold before = hold;
    hold = new Hold(migration, clock.instant().plus(left));
    if (before != null && before.migration().equals(migration)) {
      return false;
    }
    held = waiting.size();
    longestStall = Duration.ZERO;
    return true;
  }

  private List<Claim> open(Route to) {
    hold = null;
    List<Claim> released = List.copyOf(waiting);
    waiting.clear();
    Instant now = clock.instant();
    for (Claim claim : released) {
      claim.stopWaiting(now);
      claim.grant(to.active());
    }
    return released;
  }

  private void tell(List<Claim> released, boolean changed) {
    for (Claim claim : released) {
      ServerName server = claim.server;
      if (server != null) {
        claim.claimant.granted(claim, server);
      }
    }
    if (changed) {
      watchers.forEach(Runnable::run);
    }
  }

  private void count(ServerName server, int change) {
    if (server == ServerName.PRODUCTION) {
      toProduction += change;
    } else {
      toBackup += change;
    }
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** One request's place: waiting, then in flight, then closed. */
  public final class Claim implements AutoCloseable {

    private final Claimant claimant;
    private final int bytes;
    private Instant since = Instant.MIN;
    private Duration waited = Duration.ZERO;
    private volatile @Nullable ServerName server;
    private boolean closed;

    private Claim(Claimant claimant, int bytes) {
      this.claimant = claimant;
      this.bytes = bytes;
    }

    /** How long this request was kept waiting; zero when it was granted at once. */
    public Duration waited() {
      return waited;
    }

    /** Gives up waiting, or says that no server works for this request any more. Idempotent. */
    @Override
    public void close() {
      boolean drained = false;
      lock.lock();
      try {
        if (closed) {
          return;
        }
        closed = true;
        ServerName granted = server;
        if (granted != null) {
          count(granted, -1);
          drained = hold != null && toProduction + toBackup == 0;
        } else if (waiting.remove(this)) {
          stopWaiting(clock.instant());
        }
      } finally {
        lock.unlock();
      }
      if (drained) {
        watchers.forEach(Runnable::run);
      }
    }

    private ServerName grant(ServerName to) {
      server = to;
      count(to, 1);
      return to;
    }

    private void stopWaiting(Instant now) {
      waitingBytes -= bytes;
      waited = Duration.between(since, now);
      longestStall = longer(longestStall, waited);
    }
  }
}
