package io.migrationmonkey.monitor.reports;

import io.migrationmonkey.contract.ServerName;
import java.time.Instant;

/** What the switch said about which server is active. */
public sealed interface Role {

  /** The switch named a server. */
  record Known(ServerName active, Instant at) implements Role {}

  /**
   * Nobody knows which server is active.
   *
   * @param why in words
   */
  record Unknown(String why) implements Role {}
}
