package io.migrationmonkey.monitor;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The application, as the migrator's settings declare it too.
 *
 * @param services its systemd units; empty where none is declared, and Restart Monkey is off then
 * @param health what says that it serves
 */
@ConfigurationProperties("monkey.application")
record ApplicationSettings(List<String> services, @DefaultValue Health health) {

  private static final String UNIT = "[A-Za-z0-9:_.@\\\\][A-Za-z0-9:_.@\\\\-]*\\.service";

  ApplicationSettings(@Nullable List<String> services, @DefaultValue Health health) {
    this.services = services == null ? List.of() : List.copyOf(services);
    this.health = health;
    for (String service : this.services) {
      Setting.SERVICES.check(service.matches(UNIT), service);
    }
  }

  /**
   * An HTTP request that is answered with 200, or a command that ends with 0.
   *
   * @param port 80 where nothing is said
   * @param path {@code /health} where nothing is said
   * @param command run by root's helper; empty for the HTTP request
   * @param timeout for one answer
   */
  record Health(
      @Nullable Integer port,
      @Nullable String path,
      List<String> command,
      @DefaultValue("5s") Duration timeout) {

    Health(
        @Nullable Integer port,
        @Nullable String path,
        @Nullable List<String> command,
        @DefaultValue("5s") Duration timeout) {
      this.port = port;
      this.path = path;
      this.command = command == null ? List.of() : List.copyOf(command);
      this.timeout = timeout;
      Setting.HEALTH_PORT.check(
          port == null || (port >= 1 && port <= 65_535), String.valueOf(port));
      Setting.HEALTH_PATH.check(path == null || path.matches("/[!-~]*"), String.valueOf(path));
      Setting.HEALTH_TIMEOUT.between(Duration.ofMillis(100), Duration.ofMinutes(1), timeout);
    }

    /** The address to ask; null where it is a command that says so. */
    @Nullable URI url() {
      return command.isEmpty()
          ? URI.create(
              "http://127.0.0.1:%d%s"
                  .formatted(port == null ? 80 : port, path == null ? "/health" : path))
          : null;
    }
  }
}
