package io.migrationmonkey.proxy.routing;

import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gate at one moment.
 *
 * @param route where requests go; null until the switch was read once
 * @param hold the hold that stands, or null
 * @param inFlight requests granted to each server and not answered in full
 * @param waiting requests that wait now
 * @param held requests that the latest hold kept waiting, so far
 * @param longestStall how long the one that waited longest in the latest hold waited, so far
 */
public record GateState(
    @Nullable Route route,
    @Nullable Hold hold,
    Map<ServerName, Integer> inFlight,
    int waiting,
    long held,
    Duration longestStall) {

  /** Requests in flight to either server. */
  public int allInFlight() {
    return inFlight.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The active server, or null while there is no route. */
  public @Nullable ServerName active() {
    return route == null ? null : route.active();
  }

  /** The epoch of the route, 0 while there is none. */
  public long epoch() {
    return route == null ? 0 : route.epoch();
  }

  /** The id of the migration that holds, or null. */
  public @Nullable String holding() {
    return hold == null ? null : hold.migration();
  }
}
