package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.ServerName;

/**
 * Where the switch stands.
 *
 * @param active as the switch key says, whoever set it
 * @param epoch of the latest fenced flip, 0 when there is no record
 * @param flippedBy who made that flip, empty when there is no record
 */
public record SwitchState(ServerName active, long epoch, String flippedBy) {}
