package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
 * @param beforeStop run on the server that is left, before the services stop: a database dump, for
 *     example. It may be run for a migration that is rolled back afterwards
 * @param afterStart run on the server that takes over, after the services have started
 */
@ConfigurationProperties("monkey.application")
public record ApplicationSettings(
    String name,
    List<String> services,
    List<String> data,
    @DefaultValue Health health,
    @Nullable CommandSettings beforeStop,
    @Nullable CommandSettings afterStart) {

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
    if (beforeStop != null) {
      beforeStop.check("monkey.application.before-stop");
    }
    if (afterStart != null) {
      afterStart.check("monkey.application.after-start");
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
   * What says that the application serves: an HTTP request that it answers with 200, or a command
   * on its server that ends with 0.
   *
   * @param port on the server itself, not the proxy's; 80 where nothing is said
   * @param path {@code /health} where nothing is said
   * @param command the program and its arguments, run as root; empty for the HTTP request
   * @param timeout for one answer
   */
  public record Health(
      @Nullable Integer port,
      @Nullable String path,
      @Nullable List<String> command,
      @DefaultValue("5s") Duration timeout) {

    public Health {
      if (command == null || command.isEmpty()) {
        port = port == null ? 80 : port;
        path = path == null ? "/health" : path;
        command = List.of();
        if (port < 1 || port > 65_535) {
          throw new IllegalArgumentException(
              "monkey.application.health.port is %d: it must be 1 to 65535".formatted(port));
        }
        if (!path.matches("/[!-~]*")) {
          throw new IllegalArgumentException(
              "monkey.application.health.path is '%s': it must be a path like '/health'"
                  .formatted(path));
        }
      } else {
        if (port != null || path != null) {
          throw new IllegalArgumentException(
              "monkey.application.health has a command, and a port or path too: it must have one or the other");
        }
        new CommandSettings(command, timeout).check("monkey.application.health");
      }
      CommandSettings.checkTimeout("monkey.application.health", timeout);
    }

    /** The command, where it is one that says so. */
    public Optional<RemoteCommand<String>> asCommand() {
      return command == null || command.isEmpty()
          ? Optional.empty()
          : Optional.of(new CommandSettings(command, timeout).within(timeout));
    }

    /** The address to ask, where it is not a command that says so. */
    public URI url(String address) {
      String host = address.contains(":") ? "[" + address + "]" : address;
      return URI.create("http://%s:%d%s".formatted(host, port, path));
    }
  }
}
