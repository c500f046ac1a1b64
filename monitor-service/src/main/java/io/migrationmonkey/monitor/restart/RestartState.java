package io.migrationmonkey.monitor.restart;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Restart Monkey remembers from one look to the next.
 *
 * @param restarts when the application was restarted lately, by us or by systemd
 * @param lastTry when we did something last
 * @param systemdRestarts as the last look counted them; -1 before the first
 * @param quietSince since when nobody acts on the servers and the record is the same
 * @param runsSince since when something of the application runs
 * @param sickSince since when the application is not well
 * @param lastSaid what Redis said last
 */
record RestartState(
    List<Instant> restarts,
    @Nullable Instant lastTry,
    long systemdRestarts,
    @Nullable Instant quietSince,
    @Nullable Instant runsSince,
    @Nullable Instant sickSince,
    Standing.@Nullable Said lastSaid) {

  static RestartState fresh() {
    return new RestartState(List.of(), null, -1, null, null, null, null);
  }
}
