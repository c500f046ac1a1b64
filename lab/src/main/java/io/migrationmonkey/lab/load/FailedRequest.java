package io.migrationmonkey.lab.load;

import java.time.Duration;
import java.time.Instant;

/** A request that a user would call failed. */
public record FailedRequest(Instant at, String request, Duration after, String cause) {

  @Override
  public String toString() {
    return "%s %s failed after %d ms: %s".formatted(at, request, after.toMillis(), cause);
  }
}
