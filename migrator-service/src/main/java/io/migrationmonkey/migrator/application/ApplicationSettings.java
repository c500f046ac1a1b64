package io.migrationmonkey.migrator.application;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The application: what is stopped, moved and started.
 *
 * @param name for people
 * @param services systemd units in start order; they are stopped in the reverse one
 * @param data absolute paths of directories and files that move with it: state, configuration, code
 *     that no package brings, unit files
 * @param health what says that it serves
 */
@ConfigurationProperties("monkey.application")
public record ApplicationSettings(
    String name, List<String> services, List<String> data, @DefaultValue Health health) {

  private static final Pattern UNIT =
      Pattern.compile("[A-Za-z0-9:_.@\\\\][A-Za-z0-9:_.@\\\\-]*\\.service");

  // The roots of the system: to mirror one of them would overwrite the standby itself.
  private static final List<String> NEVER =
      List.of(
          "/",
          "/bin",
          "/boot",
          "/dev",
          "/etc",
          "/home",
          "/lib",
          "/lib64",
          "/opt",
          "/proc",
          "/root",
          "/run",
          "/sbin",
          "/srv",
          "/sys",
          "/tmp",
          "/usr",
          "/var",
          "/var/lib",
          "/etc/systemd",
          "/etc/systemd/system",
          "/etc/ssh",
          "/root/.ssh",
          "/etc/migration-monkey");

  public ApplicationSettings {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException(
          "monkey.application.name is missing: it must be the application's name");
    }
    if (services == null || services.isEmpty()) {
      throw new IllegalArgumentException(
          "monkey.application.services is empty: it must list the systemd units, in start order");
    }
    for (String service : services) {
      if (!UNIT.matcher(service).matches()) {
        throw new IllegalArgumentException(
            "monkey.application.services holds '%s': it must be a unit like 'guestbook.service'"
                .formatted(service));
      }
    }
    data = data == null ? List.of() : List.copyOf(data);
    services = List.copyOf(services);
    for (String path : data) {
      boolean plain =
          path.startsWith("/")
              && path.chars().noneMatch(Character::isISOControl)
              && path.equals(java.nio.file.Path.of(path).normalize().toString());
      if (!plain || NEVER.contains(path)) {
        throw new IllegalArgumentException(
            "monkey.application.data holds '%s': it must be an absolute path without '..' or a slash at the end, and none of the system's own directories"
                .formatted(path));
      }
    }
  }

  /**
   * An HTTP request that the application answers with 200 when it serves.
   *
   * @param port on the server itself, not the proxy's
   */
  public record Health(@DefaultValue("80") int port, @DefaultValue("/health") String path) {

    public Health {
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "monkey.application.health.port is %d: it must be 1 to 65535".formatted(port));
      }
      if (!path.matches("/[!-~]*")) {
        throw new IllegalArgumentException(
            "monkey.application.health.path is '%s': it must be a path like '/health'"
                .formatted(path));
      }
    }
  }
}
