package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A long command as a transient systemd unit of a fixed name: a second one of that name is refused,
 * one that a dead migrator left behind is found, and it ends in time though nobody watches it.
 */
final class TransientUnit {

  private static final String PREFIX = "migration-monkey-";

  private TransientUnit() {}

  static Invocation invocation(
      String name, Priority priority, Duration timeout, List<String> command) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "systemd-run",
                "--quiet",
                "--pipe",
                "--wait",
                "--collect",
                "--service-type=exec",
                "--unit=" + PREFIX + name,
                "--property=RuntimeMaxSec=%d".formatted(timeout.toSeconds() + 1)));
    arguments.addAll(priority.properties());
    arguments.add("--");
    // systemd replaces variables in a unit's arguments, and $$ is its dollar.
    command.forEach(argument -> arguments.add(argument.replace("$", "$$")));
    return Invocation.of(arguments.toArray(String[]::new)).within(timeout);
  }

  static RemoteCommand<String> stop(String... names) {
    return new Run(
        Invocation.script(
            "systemctl stop \"$@\" 2>/dev/null || true",
            Stream.of(names).map(name -> PREFIX + name + ".service").toArray(String[]::new)));
  }
}
