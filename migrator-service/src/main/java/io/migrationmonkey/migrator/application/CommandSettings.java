package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A command of the application's own, run as root on a server.
 *
 * @param command the program and its arguments; no shell reads them
 * @param timeout after which it counts as failed
 */
public record CommandSettings(List<String> command, @DefaultValue("30s") Duration timeout) {

  private static final Duration LONGEST = Duration.ofHours(1);

  public CommandSettings {
    command = command == null ? List.of() : List.copyOf(command);
  }

  /**
   * Refuses bad values.
   *
   * @param property where these settings stand, for the message
   */
  void check(String property) {
    if (command.isEmpty() || command.getFirst().isBlank()) {
      throw new IllegalArgumentException(
          "%s.command is empty: it must list the program and its arguments, such as [/usr/bin/pg_isready, -q]"
              .formatted(property));
    }
    if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException(
          "%s.command holds a NUL character: no argument can hold one".formatted(property));
    }
    checkTimeout(property, timeout);
  }

  /** The command to run, for no longer than this and than its own timeout. */
  public RemoteCommand<String> within(Duration atMost) {
    return new Run(
        Invocation.of(command.toArray(String[]::new))
            .within(timeout.compareTo(atMost) < 0 ? timeout : atMost));
  }

  static void checkTimeout(String property, Duration timeout) {
    if (!timeout.isPositive() || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s.timeout is %s: it must be above 0 and at most 1h".formatted(property, timeout));
    }
  }
}
