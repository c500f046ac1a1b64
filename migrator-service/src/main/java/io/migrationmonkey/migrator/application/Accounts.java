package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The users and groups that own the application's data, as lines of passwd(5) and group(5) without
 * their passwords.
 */
public record Accounts(List<String> users, List<String> groups) {

  private static final Pattern USER =
      Pattern.compile(
          "[a-z_][a-z0-9_-]*\\$?:x:\\d+:\\d+:[^:\\p{Cntrl}]*:/[^:\\p{Cntrl}]*:/[^:\\p{Cntrl}]*");
  private static final Pattern GROUP = Pattern.compile("[a-z_][a-z0-9_-]*\\$?:x:\\d+:");

  /** Finds out who owns what lies under the paths, and those users' own groups. */
  public record Read(List<String> paths) implements RemoteCommand<Accounts> {

    @Override
    public Invocation invocation() {
      return Invocation.script(
          """
          for path; do
            [ -e "$path" ] || { echo "$path does not exist" >&2; exit 3; }
          done
          users=$(find "$@" -printf '%u\\n' | sort -u)
          for user in $users; do
            getent passwd "$user" || {
              echo "files belong to user $user, whom nobody knows" >&2; exit 3; }
          done
          echo --
          { find "$@" -printf '%g\\n'; for user in $users; do id -gn "$user"; done; } | sort -u |
            while read -r group; do getent group "$group" | cut -d: -f1,2,3 | sed 's/$/:/'; done
          """,
          paths.toArray(String[]::new));
    }

    @Override
    public Accounts parse(Output output) {
      List<String> users = new ArrayList<>();
      List<String> groups = new ArrayList<>();
      boolean second = false;
      for (String line : output.stdout().lines().toList()) {
        if (line.equals("--")) {
          second = true;
        } else if ((second ? GROUP : USER).matcher(line).matches()) {
          (second ? groups : users).add(line);
        } else {
          throw new MalformedOutput("passwd and group lines", output.stdout());
        }
      }
      return new Accounts(List.copyOf(users), List.copyOf(groups));
    }
  }

  /**
   * Creates those that are missing, with the same ids. One that exists keeps its ids, since rsync
   * maps owners by name; an id that belongs to somebody else fails before anything is created.
   */
  public RemoteCommand<String> create() {
    return new Run(
        Invocation.script(
                """
                input=$(cat)
                missing=$(printf '%s\\n' "$input" | while IFS=: read -r kind name x id rest; do
                  database=$([ "$kind" = g ] && echo group || echo passwd)
                  getent "$database" "$name" >/dev/null && continue
                  if taken=$(getent "$database" "$id"); then
                    echo "$database id $id of $name belongs to ${taken%%:*} here" >&2; exit 3
                  fi
                  printf '%s\\n' "$kind:$name:$x:$id:$rest"
                done)
                [ -z "$missing" ] || printf '%s\\n' "$missing" |
                  while IFS=: read -r kind name x id gid comment home shell; do
                    if [ "$kind" = g ]; then
                      groupadd --gid "$id" -- "$name"
                    else
                      useradd --uid "$id" --gid "$gid" --comment "$comment" --home-dir "$home" \\
                        --no-create-home --shell "$shell" -- "$name"
                    fi
                  done
                """)
            .withInput(lines()));
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    groups.forEach(group -> lines.append("g:").append(group).append('\n'));
    users.forEach(user -> lines.append("u:").append(user).append('\n'));
    return lines.toString();
  }
}
