package io.migrationmonkey.proxy.routing;

import java.time.Instant;

/**
 * Requests wait.
 *
 * @param migration the id of the migration that asked for it
 * @param until when the gate opens by itself, to the last route, whatever became of Redis
 */
public record Hold(String migration, Instant until) {}
