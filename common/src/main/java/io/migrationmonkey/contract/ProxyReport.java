package io.migrationmonkey.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of itself: JSON under {@link #key}, written at once when something here changes
 * and every second otherwise, gone {@link #TTL} after the last word.
 *
 * @param proxy the proxy's own name
 * @param active where it sends traffic; null until it has read the switch once
 * @param epoch of the route it follows; 0 while unknown
 * @param holding the id of the migration it holds for, null when it does not hold
 * @param inFlight requests sent to a server and not answered in full
 * @param waiting requests that wait at the gate now
 * @param held requests that the latest hold kept waiting, so far
 * @param longestStallMillis how long the one that waited longest in the latest hold waited, so far
 * @param at when this was written, by the proxy's clock
 * @param inFlightByServer what {@code inFlight} counts, for each server; null from a proxy that is
 *     older than this field
 */
public record ProxyReport(
    String proxy,
    @Nullable ServerName active,
    long epoch,
    @Nullable String holding,
    long inFlight,
    long waiting,
    long held,
    long longestStallMillis,
    Instant at,
    @Nullable Map<ServerName, Long> inFlightByServer) {

  /** A report that does not say which server its requests are in flight to. */
  public ProxyReport(
      String proxy,
      @Nullable ServerName active,
      long epoch,
      @Nullable String holding,
      long inFlight,
      long waiting,
      long held,
      long longestStallMillis,
      Instant at) {
    this(proxy, active, epoch, holding, inFlight, waiting, held, longestStallMillis, at, null);
  }

  /** Keys of all proxies' reports begin so. */
  public static final String KEY_PREFIX = "proxy:report:";

  public static final Duration TTL = Duration.ofSeconds(3);

  public static String key(String proxy) {
    return KEY_PREFIX + proxy;
  }

  /**
   * Requests in flight to that server. A proxy that does not say it by server may have all of its
   * requests in flight there.
   */
  public long inFlightTo(ServerName server) {
    return inFlightByServer == null ? inFlight : inFlightByServer.getOrDefault(server, 0L);
  }

  /** True when this proxy holds for that migration and no server works for it any more. */
  public boolean drainedFor(String migration) {
    return migration.equals(holding) && inFlight == 0;
  }
}
