package io.migrationmonkey.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Slows those who send wrong tokens: after each one from a peer, nothing from there is looked at
 * for a while, and that while doubles. A token that was good from there before is looked at all the
 * same, so that somebody's stale token does not keep the others on that machine out.
 *
 * <p>It remembers a bounded number of peers, the latest ones.
 */
final class FailedLogins {

  static final int FREE = 3;
  static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
  static final int PEERS = 1000;
  private static final int PROVEN = 16;

  private final Clock clock;
  private final Map<String, Peer> peers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Peer> eldest) {
          return size() > PEERS;
        }
      };

  FailedLogins(Clock clock) {
    this.clock = clock;
  }

  private static final class Peer {
    int failures;
    int unheard;
    Instant failed = Instant.EPOCH;
    Instant pausedUntil = Instant.EPOCH;
    final Set<ByteBuffer> proven = new LinkedHashSet<>();
  }

  /**
   * What a wrong token led to.
   *
   * @param failures from that peer so far
   * @param unheard requests from there that were not looked at before this one
   * @param pause in which none will be
   */
  record Failure(int failures, int unheard, Duration pause) {}

  /** How long that peer has to wait; null where the token is to be looked at. */
  synchronized @Nullable Duration pause(String address, byte[] digest) {
    Peer peer = peers.get(network(address));
    if (peer == null || peer.proven.contains(ByteBuffer.wrap(digest))) {
      return null;
    }
    Duration left = Duration.between(clock.instant(), peer.pausedUntil);
    if (!left.isPositive()) {
      return null;
    }
    peer.unheard++;
    return left;
  }

  synchronized Failure failed(String address, byte[] digest) {
    Peer peer = peers.computeIfAbsent(network(address), _ -> new Peer());
    Instant now = clock.instant();
    peer.proven.remove(ByteBuffer.wrap(digest));
    if (peer.failed.plus(FORGOTTEN_AFTER).isBefore(now)) {
      peer.failures = 0;
    }
    peer.failures++;
    peer.failed = now;
    Duration pause = pauseAfter(peer.failures);
    peer.pausedUntil = now.plus(pause);
    int unheard = peer.unheard;
    peer.unheard = 0;
    return new Failure(peer.failures, unheard, pause);
  }

  /** A good token does not undo the wrong ones: who has one might be guessing another. */
  synchronized void succeeded(String address, byte[] digest) {
    Set<ByteBuffer> proven = peers.computeIfAbsent(network(address), _ -> new Peer()).proven;
    if (proven.size() < PROVEN) {
      proven.add(ByteBuffer.wrap(digest));
    }
  }

  synchronized int size() {
    return peers.size();
  }

  static Duration pauseAfter(int failures) {
    if (failures <= FREE) {
      return Duration.ZERO;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - FREE - 1, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** An IPv6 host has a whole /64 to send from. */
  static String network(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return bytes.length == 4 ? address : HexFormat.of().formatHex(Arrays.copyOf(bytes, 8));
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
