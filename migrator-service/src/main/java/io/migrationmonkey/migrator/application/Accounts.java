package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The users and groups that the application's data and services belong to, as lines of passwd(5)
 * and group(5) without their passwords.
 *
 * @param users with home and shell
 * @param groups their own and those that files belong to
 * @param members user, group and the group's id, as {@code user:group:7}: the groups a user is in
 *     besides its own; no file belongs to those, so that their ids may differ
 * @param nameless ids of owners that have no name, as {@code passwd:1234} or {@code group:1234}
 */
public record Accounts(
    List<String> users, List<String> groups, List<String> members, List<String> nameless) {

  private static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*\\$?";
  private static final Pattern LINE =
      Pattern.compile(
          "u (?<user>%1$s:x:\\d+:\\d+:[^:\\p{Cntrl}]*:/[^:\\p{Cntrl}]*:(?:/[^:\\p{Cntrl}]*)?)|g (?<group>%1$s:x:\\d+:)|m (?<member>%1$s:%1$s:\\d+)|n (?<nameless>(?:passwd|group):\\d+)"
              .formatted(NAME));

  /** Finds out who owns what lies under the paths and whom the units run as. */
  public record Read(List<String> paths, List<String> units) implements RemoteCommand<Accounts> {

    @Override
    public Invocation invocation() {
      String[] arguments = new String[paths.size() + units.size() + 1];
      arguments[0] = Integer.toString(units.size());
      for (int i = 0; i < units.size(); i++) {
        arguments[i + 1] = units.get(i);
      }
      for (int i = 0; i < paths.size(); i++) {
        arguments[units.size() + i + 1] = paths.get(i);
      }
      return Invocation.script(
              """
              # reads whom the data and the services belong to
              left=$1 users= groups=
              shift
              while [ "$left" -gt 0 ]; do
                users="$users $(systemctl show --property=User --value -- "$1")"
                groups="$groups $(systemctl show --property=Group --value -- "$1")"
                shift
                left=$((left - 1))
              done
              for path; do
                [ -e "$path" ] || [ -L "$path" ] || { echo "$path does not exist" >&2; exit 3; }
              done
              if [ "$#" -gt 0 ]; then
                users="$users $(find "$@" -printf '%U\\n' | sort -u)"
                groups="$groups $(find "$@" -printf '%G\\n' | sort -u)"
              fi
              for user in $users; do
                if line=$(getent passwd "$user"); then
                  echo "u $(printf '%s' "$line" | sed 's/^\\([^:]*\\):[^:]*/\\1:x/')"
                  name=${line%%:*}
                  own=$(id -g "$name")
                  for group in $(id -G "$name"); do
                    [ "$group" = "$own" ] || echo "m $name:$(getent group "$group" | cut -d: -f1,3)"
                  done
                else
                  # A unit's user that is not there may be a dynamic one.
                  case "$user" in *[!0-9]*) ;; *) echo "n passwd:$user" ;; esac
                fi
              done | sort -u
              for user in $users; do
                ! getent passwd "$user" >/dev/null || groups="$groups $(id -g "$user")"
              done
              for group in $groups; do
                if line=$(getent group "$group"); then
                  echo "g $(printf '%s' "$line" | cut -d: -f1,3 | sed 's/:/:x:/;s/$/:/')"
                else
                  case "$group" in *[!0-9]*) ;; *) echo "n group:$group" ;; esac
                fi
              done | sort -u
              """,
              arguments)
          .within(Duration.ofMinutes(5));
    }

    @Override
    public Accounts parse(Output output) {
      return read(output);
    }
  }

  /** Looks for the names and the ids of those accounts on another server. */
  public record Find(Accounts accounts) implements RemoteCommand<Accounts> {

    @Override
    public Invocation invocation() {
      StringBuilder keys = new StringBuilder();
      accounts.users().forEach(line -> keys.append("passwd ").append(name(line)).append('\n'));
      accounts.users().forEach(line -> keys.append("passwd ").append(id(line)).append('\n'));
      accounts.groups().forEach(line -> keys.append("group ").append(name(line)).append('\n'));
      accounts.groups().forEach(line -> keys.append("group ").append(id(line)).append('\n'));
      accounts.nameless().forEach(id -> keys.append(id.replace(':', ' ')).append('\n'));
      return Invocation.script(
              """
              # looks for users and groups
              while read -r database key; do
                line=$(getent "$database" "$key") || continue
                case "$database" in
                passwd) echo "u $(printf '%s' "$line" | sed 's/^\\([^:]*\\):[^:]*/\\1:x/')" ;;
                group) echo "g $(printf '%s' "$line" | cut -d: -f1,3 | sed 's/:/:x:/;s/$/:/')" ;;
                esac
              done | sort -u
              """)
          .withInput(keys.toString());
    }

    @Override
    public Accounts parse(Output output) {
      return read(output);
    }
  }

  /**
   * Why these accounts cannot be made on a server: a name that has another id there, or an id that
   * has another name.
   *
   * @param there what {@link Find} found
   */
  public List<String> clashes(Accounts there, String here, String other) {
    List<String> clashes = new ArrayList<>();
    clash("user", users, there.users(), here, other, clashes);
    clash("group", groups, there.groups(), here, other, clashes);
    for (String id : nameless) {
      boolean user = id.startsWith("passwd:");
      String number = id.substring(id.indexOf(':') + 1);
      for (String line : user ? there.users() : there.groups()) {
        if (id(line).equals(number)) {
          clashes.add(
              "files belong to %s id %s, which has no name on %s and belongs to %s on %s"
                  .formatted(user ? "user" : "group", number, here, name(line), other));
        }
      }
    }
    return clashes;
  }

  private static void clash(
      String kind,
      List<String> wanted,
      List<String> there,
      String here,
      String other,
      List<String> clashes) {
    Map<String, String> ids = new TreeMap<>();
    Map<String, String> names = new TreeMap<>();
    for (String line : there) {
      ids.put(name(line), id(line));
      names.put(id(line), name(line));
    }
    for (String line : wanted) {
      String id = ids.get(name(line));
      String name = names.get(id(line));
      if (id != null && !id.equals(id(line))) {
        clashes.add(
            "%s %s has id %s on %s and %s on %s: make them the same (%smod)"
                .formatted(kind, name(line), id(line), here, id, other, kind));
      } else if (name != null && !name.equals(name(line))) {
        clashes.add(
            "%s id %s is %s on %s and %s on %s: give %s another id there (%smod)"
                .formatted(kind, id(line), name(line), here, name, other, name, kind));
      }
    }
  }

  /**
   * Creates those that are missing, with the same ids, home and shell, and puts them into their
   * groups. One that exists gets the same home and shell, but for root; nobody leaves a group. An
   * id that belongs to somebody else fails before anything is created.
   */
  public RemoteCommand<String> create() {
    return new Run(
        Invocation.script(
                """
                # creates users and groups
                input=$(cat)
                printf '%s\\n' "$input" | while IFS=: read -r kind name x id rest; do
                  [ "$kind" != m ] || continue
                  database=$([ "$kind" = g ] && echo group || echo passwd)
                  if line=$(getent "$database" "$name"); then
                    there=$(printf '%s' "$line" | cut -d: -f3)
                    [ "$there" = "$id" ] || {
                      echo "$database $name has id $there here, not $id" >&2; exit 3; }
                  elif taken=$(getent "$database" "$id"); then
                    echo "$database id $id of $name belongs to ${taken%%:*} here" >&2; exit 3
                  fi
                done
                printf '%s\\n' "$input" | while IFS=: read -r kind name x id gid comment home shell; do
                  case "$kind" in
                  g) getent group "$name" >/dev/null || groupadd --gid "$id" -- "$name" ;;
                  u)
                    if ! line=$(getent passwd "$name"); then
                      useradd --uid "$id" --gid "$gid" --comment "$comment" --home-dir "$home" \\
                        --no-create-home --shell "$shell" -- "$name"
                    elif [ "$id" != 0 ] && [ "$(printf '%s' "$line" | cut -d: -f6,7)" != "$home:$shell" ]; then
                      usermod --home "$home" --shell "$shell" -- "$name"
                    fi
                    ;;
                  m)
                    getent group "$x" >/dev/null || groupadd --gid "$id" -- "$x" || groupadd -- "$x"
                    id -nG "$name" | tr ' ' '\\n' | grep -qxF -- "$x" ||
                      usermod --append --groups "$x" -- "$name"
                    ;;
                  esac
                done
                """)
            .withInput(lines()));
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    groups.forEach(group -> lines.append("g:").append(group).append('\n'));
    users.forEach(user -> lines.append("u:").append(user).append('\n'));
    members.forEach(member -> lines.append("m:").append(member).append('\n'));
    return lines.toString();
  }

  private static String name(String line) {
    return line.substring(0, line.indexOf(':'));
  }

  private static String id(String line) {
    return line.split(":", 4)[2];
  }

  private static Accounts read(Output output) {
    Map<String, TreeSet<String>> found = new TreeMap<>();
    for (String kind : List.of("user", "group", "member", "nameless")) {
      found.put(kind, new TreeSet<>());
    }
    for (String line : output.stdout().lines().toList()) {
      var matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new MalformedOutput("passwd and group lines", output.stdout());
      }
      found.forEach((kind, lines) -> {
        String value = matcher.group(kind);
        if (value != null) {
          lines.add(value);
        }
      });
    }
    return new Accounts(
        List.copyOf(found.get("user")),
        List.copyOf(found.get("group")),
        List.copyOf(found.get("member")),
        List.copyOf(found.get("nameless")));
  }
}
