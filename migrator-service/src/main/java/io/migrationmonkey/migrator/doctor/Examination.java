package io.migrationmonkey.migrator.doctor;

import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a server has of that which a migration needs, beside what {@link ServerFacts} tells.
 *
 * @param now by its own clock
 * @param missingTools programs that a migration calls and that are not there
 * @param guarded whether the boot guard is there
 * @param reachesPeer whether a connection to the other server's sshd comes up from here
 * @param halfInstalled packages that dpkg has not finished
 * @param units for each of the application's, systemd's LoadState and ActiveState
 * @param missingPaths of the application's data
 * @param absentUsers whom a unit of the application names and the server does not know
 */
record Examination(
    Instant now,
    Set<String> missingTools,
    boolean guarded,
    boolean reachesPeer,
    List<String> halfInstalled,
    Map<String, Unit> units,
    List<String> missingPaths,
    List<String> absentUsers) {

  /** As systemd calls its states: {@code loaded} and {@code active}, for example. */
  record Unit(String loaded, String active) {}

  /** Programs that the migrator calls there, and the packages that bring them. */
  static final Map<String, String> TOOLS =
      Map.of(
          "apt-get", "apt",
          "dpkg-query", "dpkg",
          "flock", "util-linux",
          "perl", "perl",
          "rrsync", "rsync",
          "rsync", "rsync",
          "ssh", "openssh-client",
          "ssh-keygen", "openssh-client",
          "systemd-run", "systemd",
          "tar", "tar");

  /**
   * Reads it. Changes nothing.
   *
   * @param peer the other server's address, and the port of its sshd
   */
  record Read(String peer, int port, List<String> services, List<String> data)
      implements RemoteCommand<Examination> {

    private static final Duration AT_MOST = Duration.ofSeconds(20);

    @Override
    public Invocation invocation() {
      List<String> arguments = new ArrayList<>(List.of(peer, Integer.toString(port)));
      arguments.add(Integer.toString(TOOLS.size()));
      TOOLS.keySet().stream().sorted().forEach(arguments::add);
      arguments.add(Integer.toString(services.size()));
      arguments.addAll(services);
      arguments.addAll(data);
      return Invocation.script(
              """
              # examines the server
              echo "now $(date +%s%3N)"
              if timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null; then echo "peer yes"; else echo "peer no"; fi
              if [ -x /opt/migration-monkey/guard ]; then echo "guard yes"; else echo "guard no"; fi
              dpkg-query --show --showformat='${db:Status-Status} ${binary:Package}\\n' |
                sed -n -E 's/^(half-installed|half-configured|unpacked|triggers-awaited|triggers-pending) /half /p'
              shift 2
              count=$1; shift
              while [ "$count" -gt 0 ]; do
                command -v "$1" >/dev/null || echo "tool $1"
                shift; count=$((count - 1))
              done
              count=$1; shift
              while [ "$count" -gt 0 ]; do
                echo "unit $1 $(systemctl show --property=LoadState --value "$1") $(systemctl show --property=ActiveState --value "$1")"
                user=$(systemctl show --property=User --value "$1")
                [ -z "$user" ] || getent passwd "$user" >/dev/null || echo "user $user"
                shift; count=$((count - 1))
              done
              number=0
              for path; do
                [ -e "$path" ] || [ -h "$path" ] || echo "path $number"
                number=$((number + 1))
              done
              """,
              arguments.toArray(String[]::new))
          .within(AT_MOST);
    }

    @Override
    public Examination parse(Output output) {
      Map<String, String> facts = new HashMap<>();
      Set<String> tools = new HashSet<>();
      List<String> half = new ArrayList<>();
      Map<String, Unit> units = new HashMap<>();
      List<String> paths = new ArrayList<>();
      List<String> users = new ArrayList<>();
      try {
        for (String line : output.stdout().strip().lines().toList()) {
          String[] words = line.split(" ", 2);
          String rest = words[1].strip();
          switch (words[0]) {
            case "tool" -> tools.add(rest);
            case "half" -> half.add(rest);
            case "unit" -> {
              String[] states = rest.split(" ");
              units.put(states[0], new Unit(states[1], states[2]));
            }
            case "path" -> paths.add(data.get(Integer.parseInt(rest)));
            case "user" -> users.add(rest);
            default -> facts.put(words[0], rest);
          }
        }
        if (units.size() != Set.copyOf(services).size()) {
          throw new IllegalArgumentException("units are missing");
        }
        return new Examination(
            Instant.ofEpochMilli(Long.parseLong(fact(facts, "now"))),
            Set.copyOf(tools),
            fact(facts, "guard").equals("yes"),
            fact(facts, "peer").equals("yes"),
            List.copyOf(half),
            Map.copyOf(units),
            List.copyOf(paths),
            users.stream().distinct().toList());
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new MalformedOutput("what a server has", output.stdout());
      }
    }

    private static String fact(Map<String, String> facts, String name) {
      String fact = facts.get(name);
      if (fact == null) {
        throw new IllegalArgumentException(name);
      }
      return fact;
    }
  }
}
