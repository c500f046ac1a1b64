package io.migrationmonkey.proxy.web;

import io.migrationmonkey.contract.ServerName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code GET /api/route}.
 *
 * @param proxy this proxy's name
 * @param active the server that requests go to; null until the switch was read once
 * @param epoch of the route; 0 while unknown
 * @param holding the id of the migration that holds, or null
 * @param holdSecondsLeft until the gate opens by itself; null when nothing holds
 * @param inFlight requests sent to a server and not answered in full
 * @param waiting requests that wait at the gate now
 * @param redisConnected whether the switch is followed at this moment
 * @param upstreams both servers
 */
record RouteView(
    String proxy,
    @Nullable ServerName active,
    long epoch,
    @Nullable String holding,
    @Nullable Double holdSecondsLeft,
    int inFlight,
    int waiting,
    boolean redisConnected,
    List<Upstream> upstreams) {

  /**
   * @param server its name
   * @param address host and port of the application there
   * @param active whether requests go there
   * @param inFlight requests sent there and not answered in full
   * @param reachable false since the last attempt to connect for a request failed
   * @param errorsInARow requests that failed there since one was answered
   * @param lastError what the latest of them died of, or null
   * @param healthy what the checks say; null where there are none, or none yet
   * @param problem what the latest check complained of, or null
   */
  record Upstream(
      ServerName server,
      String address,
      boolean active,
      int inFlight,
      boolean reachable,
      int errorsInARow,
      @Nullable String lastError,
      @Nullable Boolean healthy,
      @Nullable String problem) {}
}
