package io.migrationmonkey.monitor.restart;

import java.time.Duration;

/**
 * When Restart Monkey does what.
 *
 * @param attempts after so many restarts within the window a migration is ordered
 * @param window for which restarts count
 * @param unhealthyAfter for so long the application may run without being healthy
 * @param grace for so long nobody may have acted on the servers, and it must have run, before what
 *     runs on a standby is stopped; and before an abandoned migration's application is started
 */
public record RestartLimits(
    int attempts, Duration window, Duration unhealthyAfter, Duration grace) {}
