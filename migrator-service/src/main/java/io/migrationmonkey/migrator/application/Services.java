package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What can be done with the application's systemd units, always all of them, in start order. */
public final class Services {

  /** Long enough for a start or a stop that nobody waits for. */
  public static final Duration SLOW = Duration.ofMinutes(2);

  // What the boot guard reads: complete, and on the disk before the application changes.
  private static final String ROLE =
      """

      keep() {
        mkdir -p "$(dirname "$1")"
        printf '%s\\n' "$2" > "$1.new"
        sync "$1.new"
        mv "$1.new" "$1"
      }
      """;

  private static final String SEEN =
      """

      seen() {
        if systemctl show --property=LoadState,NeedDaemonReload "$@" |
            grep -qx -e LoadState=not-found -e NeedDaemonReload=yes; then
          systemctl daemon-reload
        fi
      }
      """;

  // Requests wait: Debian's links for old init scripts and a reload of systemd take most of a
  // second. A unit of systemd's own needs neither; one made of an init script has nothing else.
  private static final String LINKS =
      """

      links() {
        case $(systemctl show --property=FragmentPath --value "$2") in
          */systemd/generator*) systemctl "$1" --quiet "$2" ;;
          *) SYSTEMCTL_SKIP_SYSV=1 systemctl "$1" --quiet --no-reload "$2" ;;
        esac
      }
      """;

  private Services() {}

  /** Lets systemd see the unit files that have come, before anybody waits for a start. */
  public static RemoteCommand<String> reload(List<String> units) {
    return new Run(
        Invocation.script(
                "# shows systemd the application's units" + SEEN + "seen \"$@\"\n",
                units.toArray(String[]::new))
            .within(SLOW));
  }

  /**
   * Enables and starts each, and returns once systemd calls it started. The server takes the role
   * of the active one with it, and for this boot its guard knows that the start was ordered.
   *
   * @param epoch of the switch as it stands; once it has moved on, the order is void
   */
  public static RemoteCommand<String> start(List<String> units, long epoch, Duration atMost) {
    List<String> arguments = new ArrayList<>(List.of(Long.toString(epoch)));
    arguments.addAll(units);
    return script(
        "# starts the application"
            + ROLE
            + SEEN
            + LINKS
            + """
            keep /var/lib/migration-monkey/role "active $1"
            keep /run/migration-monkey/start-ordered "$1"
            shift
            seen "$@"
            systemctl reset-failed "$@" 2>/dev/null || true
            for unit; do
              links enable "$unit"
              systemctl start "$unit"
              if [ "$(systemctl show --property=Result --value "$unit")" = exec-condition ]; then
                echo "the boot guard does not let $unit start:" >&2
                journalctl --quiet --no-pager --lines=3 --output=cat --unit="$unit" >&2
                exit 3
              fi
            done
            """,
        arguments,
        atMost);
  }

  /**
   * Stops each and keeps it from starting at boot; a unit that does not exist is stopped enough.
   * The server takes the role of the standby with it.
   */
  public static RemoteCommand<String> stop(List<String> units) {
    return script(
        "# stops the application"
            + ROLE
            + LINKS
            + """
            rm -f /run/migration-monkey/start-ordered
            keep /var/lib/migration-monkey/role standby
            for unit; do
              if [ "$(systemctl show --property=LoadState --value "$unit")" != not-found ]; then
                systemctl stop "$unit"
                links disable "$unit"
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

  // A start that timed out, or whose migrator died, goes on here: it must not have the last word.
  private static final String ALONE =
      """
      # starts or stops the application, in place of whatever still does
      lock=/run/migration-monkey-services
      group_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f3; }
      exec 9>>"$lock.lock"
      if ! flock -n 9; then
        before=$(cat "$lock.pid") || before=
        group=$(group_of "$before")
        if [ -n "$group" ] && [ "$group" != "$(group_of $$)" ]; then
          kill -KILL "-$group" || true
        fi
        flock -w 60 9 || { echo 'another start or stop of the application lasts' >&2; exit 75; }
      fi
      echo $$ >"$lock.pid"
      """;

  private static RemoteCommand<String> script(String script, List<String> units, Duration atMost) {
    return new Run(Invocation.script(ALONE + script, units.toArray(String[]::new)).within(atMost));
  }
}
