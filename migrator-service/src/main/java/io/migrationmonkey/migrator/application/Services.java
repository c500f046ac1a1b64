package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.time.Duration;
import java.util.List;

/** What can be done with the application's systemd units, always all of them, in start order. */
public final class Services {

  /** Long enough for a start or a stop that nobody waits for. */
  public static final Duration SLOW = Duration.ofMinutes(2);

  private Services() {}

  /** Enables and starts each, and returns once systemd calls it started. */
  public static RemoteCommand<String> start(List<String> units, Duration atMost) {
    return script(
        """
        systemctl daemon-reload
        for unit; do
          systemctl reset-failed "$unit" 2>/dev/null || true
          systemctl enable --quiet "$unit"
          systemctl start "$unit"
        done
        """,
        units,
        atMost);
  }

  /**
   * Stops each and keeps it from starting at boot; a unit that does not exist is stopped enough.
   */
  public static RemoteCommand<String> stop(List<String> units) {
    return script(
        """
        for unit; do
          if systemctl cat "$unit" >/dev/null 2>&1; then
            systemctl stop "$unit"
            systemctl disable --quiet "$unit"
          fi
        done
        """,
        units.reversed(),
        SLOW);
  }

  /** What systemd says of each, for example {@code active enabled} or {@code inactive unknown}. */
  public record States(List<String> units) implements RemoteCommand<List<String>> {

    @Override
    public Invocation invocation() {
      return Invocation.script(
          """
          for unit; do
            active=$(systemctl is-active "$unit" 2>/dev/null) || true
            enabled=$(systemctl is-enabled "$unit" 2>/dev/null) || true
            echo "${active:-unknown} ${enabled:-unknown}"
          done
          """,
          units.toArray(String[]::new));
    }

    @Override
    public List<String> parse(Output output) {
      List<String> states = output.stdout().strip().lines().toList();
      if (states.size() != units.size()) {
        throw new MalformedOutput("states of %d units".formatted(units.size()), output.stdout());
      }
      return states;
    }
  }

  // What a migrator that died has begun here still goes on: it must be over before this begins.
  private static final String ALONE =
      """
      # starts or stops the application, after whatever else does
      exec 9>/run/migration-monkey-services.lock
      flock -w 120 9 || { echo 'another start or stop of the application lasts' >&2; exit 75; }
      """;

  private static RemoteCommand<String> script(String script, List<String> units, Duration atMost) {
    return new Run(Invocation.script(ALONE + script, units.toArray(String[]::new)).within(atMost));
  }
}
