package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the application listens on each server.
 *
 * @param production for example {@code production:80}
 * @param backup for example {@code backup:80}
 */
@ConfigurationProperties("monkey.upstreams")
public record UpstreamSettings(HostPort production, HostPort backup) {

  public UpstreamSettings(@Nullable HostPort production, @Nullable HostPort backup) {
    this.production = given("monkey.upstreams.production", production);
    this.backup = given("monkey.upstreams.backup", backup);
  }

  public HostPort of(ServerName server) {
    return server == ServerName.PRODUCTION ? production : backup;
  }

  private static HostPort given(String property, @Nullable HostPort value) {
    if (value == null) {
      throw new IllegalArgumentException(
          property + " is not set; it must be a host and a port, such as production:80");
    }
    return value;
  }
}
