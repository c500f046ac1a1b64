package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line of JSON for each request, on a logger of its own; off unless a setting says otherwise. */
final class AccessLog {

  private static final Logger log = LoggerFactory.getLogger("access");

  /**
   * One request.
   *
   * @param peer whose connection it came over
   * @param status what the client was told; 0 where nothing was
   * @param outcome as in the metric
   * @param reason why the proxy answered itself, or null
   * @param server who answered, or failed to; null where none was asked
   * @param firstByteMillis to the first byte of the answer, or null
   * @param heldMillis of it at the gate
   * @param failedAttempts how often it was tried in vain
   * @param requestId as the server was told
   */
  record Line(
      Instant at,
      String peer,
      String method,
      String target,
      int status,
      String outcome,
      @Nullable String reason,
      @Nullable ServerName server,
      long bytesIn,
      long bytesOut,
      double millis,
      @Nullable Double firstByteMillis,
      double heldMillis,
      int failedAttempts,
      @Nullable String requestId) {}

  private AccessLog() {}

  static boolean isOn(TrafficSettings settings) {
    return settings.accessLog() && log.isInfoEnabled();
  }

  static void write(Line line) {
    log.info("{}", Wire.write(line));
  }
}
