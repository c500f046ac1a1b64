package io.migrationmonkey.proxy.forwarding;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a request that failed may be sent again, and when.
 *
 * <p>It may if no server can have seen it. Once it was sent, only a request that may by its nature
 * be repeated goes out again, and only if nothing of an answer has come.
 *
 * @param deadline how long after its first failure a request is tried again
 * @param firstPause before the second attempt at a server that can't be reached; doubles each time
 * @param longestPause where the doubling stops
 * @param maxResends how often a request that was sent goes out again
 */
record RetryRule(Duration deadline, Duration firstPause, Duration longestPause, int maxResends) {

  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  /** How far a request got. */
  enum Reach {
    /** No connection to the server came about. */
    NOT_CONNECTED,
    /** There was a connection, and it closed before the request's header was out. */
    NOT_SENT,
    /** The server may have seen it, and nothing came back. */
    SENT,
    /** Some of an answer has come. */
    ANSWERED
  }

  /**
   * One failed attempt.
   *
   * @param reach how far it got
   * @param repeatable whether the request may be repeated although a server has seen it
   * @param attempts made so far, this one included
   * @param resends made so far of a request that a server may have seen
   * @param sinceFirst time since the first attempt failed
   */
  record Failure(Reach reach, boolean repeatable, int attempts, int resends, Duration sinceFirst) {}

  static RetryRule within(Duration deadline) {
    return new RetryRule(deadline, Duration.ofMillis(10), Duration.ofMillis(250), 2);
  }

  /** The pause before the next attempt; empty when there must be none. */
  Optional<Duration> next(Failure failure) {
    boolean allowed =
        switch (failure.reach()) {
          case NOT_CONNECTED, NOT_SENT -> true;
          case SENT -> failure.repeatable() && failure.resends() < maxResends;
          case ANSWERED -> false;
        };
    if (!allowed || failure.sinceFirst().compareTo(deadline) >= 0) {
      return Optional.empty();
    }
    boolean atOnce = failure.reach() != Reach.NOT_CONNECTED && failure.attempts() == 1;
    return Optional.of(atOnce ? Duration.ZERO : pauseAfter(failure.attempts()));
  }

  private Duration pauseAfter(int attempts) {
    int doublings = Math.min(attempts - 1, 20);
    Duration pause = firstPause.multipliedBy(1L << doublings);
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }

  /** True for a request that does no more when it is done twice, and has no body to send again. */
  static boolean repeatable(String method, boolean hasBody) {
    return !hasBody && IDEMPOTENT.contains(method);
  }
}
