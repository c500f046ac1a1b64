package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.migrator.application.Accounts;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out whose ids belong to somebody else on this server. An account that exists by name is
 * none of them: rsync maps owners by name. Changes nothing.
 */
record AccountClashes(Accounts accounts) implements RemoteCommand<List<String>> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            """
            # look for ids that are taken
            while IFS=: read -r kind name x id rest; do
              case $kind in
                g) database=group word=group ;;
                u) database=passwd word=user ;;
                *) continue ;;
              esac
              getent "$database" "$name" >/dev/null && continue
              if taken=$(getent "$database" "$id"); then
                printf '%s\\n' "$word id $id of $name belongs to ${taken%%:*}"
              fi
            done
            """)
        .withInput(
            Stream.concat(
                    accounts.groups().stream().map(group -> "g:" + group),
                    accounts.users().stream().map(user -> "u:" + user))
                .collect(Collectors.joining("\n", "", "\n")));
  }

  @Override
  public List<String> parse(Output output) {
    return output.stdout().lines().toList();
  }
}
