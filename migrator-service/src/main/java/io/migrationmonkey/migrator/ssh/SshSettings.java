package io.migrationmonkey.migrator.ssh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the migrator logs in to both servers.
 *
 * @param user who may do everything there: root, which is the default, or one who may use sudo
 *     without a password
 * @param port sshd's port, 22 by default
 * @param key the private key, without a passphrase
 * @param knownHosts the pinned host keys, in the format of OpenSSH
 * @param connectTimeout for the connection to come up, 5 s by default; the handshake after it may
 *     take three times as long, because a server that is out of memory is slow
 */
@ConfigurationProperties("monkey.ssh")
public record SshSettings(
    @DefaultValue("root") String user,
    @DefaultValue("22") int port,
    Path key,
    Path knownHosts,
    @DefaultValue("5s") Duration connectTimeout) {

  private static final Duration LONGEST_CONNECT = Duration.ofMinutes(1);

  // As rsync and ssh take it in USER@HOST.
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private static final List<String> SUDO = List.of("sudo", "-n", "--");

  public SshSettings {
    if (!USER.matcher(user).matches()) {
      throw new IllegalArgumentException(
          "monkey.ssh.user is '%s': name the user to log in as, such as root".formatted(user));
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "monkey.ssh.port is %d: it must be from 1 to 65535".formatted(port));
    }
    requireReadable("monkey.ssh.key", key, "the private key of the migrator");
    requireReadable("monkey.ssh.known-hosts", knownHosts, "the pinned host keys of both servers");
    if (!connectTimeout.isPositive() || connectTimeout.compareTo(LONGEST_CONNECT) > 0) {
      throw new IllegalArgumentException(
          "monkey.ssh.connect-timeout is %s: it must be above 0 and at most 1m"
              .formatted(connectTimeout));
    }
    KnownHosts.read(knownHosts);
  }

  boolean needsSudo() {
    return !user.equals("root");
  }

  /** The same as root's, whoever logs in: the one place where sudo is put in front. */
  Invocation asRoot(Invocation invocation) {
    return needsSudo()
        ? new Invocation(
            Stream.concat(SUDO.stream(), invocation.arguments().stream()).toList(),
            invocation.input(),
            invocation.timeout(),
            invocation.acceptedExits())
        : invocation;
  }

  private static void requireReadable(String property, @Nullable Path file, String what) {
    if (file == null) {
      throw new IllegalArgumentException(
          "%s is missing: it must name the file with %s".formatted(property, what));
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "%s is %s: it must be a file that exists and can be read, with %s"
              .formatted(property, file, what));
    }
  }
}
