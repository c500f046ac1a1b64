package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.forwarding.RetryRule.Reach;
import java.time.Duration;
import java.util.Optional;

/** What has failed of a request so far, for the rule that says whether it is tried again. */
final class Failures {

  private int attempts;
  private int resends;
  private long since;
  private long latest;

  /** The pause before the next attempt; empty when there must be none. */
  Optional<Duration> next(RetryRule rule, Reach reach, boolean repeatable, long now) {
    if (attempts == 0) {
      since = now;
    }
    attempts++;
    latest = now;
    Optional<Duration> pause =
        rule.next(
            new RetryRule.Failure(
                reach, repeatable, attempts, resends, Duration.ofMillis(now - since)));
    if (reach == Reach.SENT && pause.isPresent()) {
      resends++;
    }
    return pause;
  }

  /** Starts the count anew: time at the gate is not the server's fault. */
  void forgive() {
    attempts = 0;
  }

  int attempts() {
    return attempts;
  }

  @Override
  public String toString() {
    return "%d attempts in %d ms".formatted(attempts, latest - since);
  }
}
