package io.migrationmonkey.proxy.routing;

import io.migrationmonkey.contract.ServerName;

/**
 * Where requests go.
 *
 * @param active the server that gets them
 * @param epoch of the last fenced flip that this proxy has seen; 0 when it has seen none
 */
public record Route(ServerName active, long epoch) {}
