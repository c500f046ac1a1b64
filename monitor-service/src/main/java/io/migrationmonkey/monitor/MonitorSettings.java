package io.migrationmonkey.monitor;

import io.migrationmonkey.contract.ServerName;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Which server this is.
 *
 * @param server production or backup; required
 */
@ConfigurationProperties("monkey")
record MonitorSettings(ServerName server) {

  MonitorSettings(@Nullable ServerName server) {
    this.server = Setting.SERVER.required(server);
  }
}
