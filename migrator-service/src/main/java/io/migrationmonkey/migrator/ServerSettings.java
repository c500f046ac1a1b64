package io.migrationmonkey.migrator;

import io.migrationmonkey.contract.ServerName;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Where the two servers are. */
@ConfigurationProperties("monkey.servers")
public record ServerSettings(Server production, Server backup) {

  private static final Pattern ADDRESS =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?");

  public ServerSettings {
    check("production", production);
    check("backup", backup);
    if (production.address().equals(backup.address())) {
      throw new IllegalArgumentException(
          "monkey.servers.backup.address is '%s', as production's is: two servers are needed"
              .formatted(backup.address()));
    }
  }

  public String address(ServerName server) {
    return (server == ServerName.PRODUCTION ? production : backup).address();
  }

  /**
   * One server.
   *
   * @param address a host name or IP address, by which the migrator and the other server reach it
   */
  public record Server(String address) {}

  private static void check(String name, Server server) {
    if (server == null
        || server.address() == null
        || !ADDRESS.matcher(server.address()).matches()) {
      throw new IllegalArgumentException(
          "monkey.servers.%s.address is %s: it must be a host name or an IP address"
              .formatted(
                  name,
                  server == null || server.address() == null
                      ? "missing"
                      : "'" + server.address() + "'"));
    }
  }
}
