package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/**
 * Sends files from the active server straight to the same places on the standby, with owners and
 * modes. What they replace there is kept under /var/backups/migration-monkey. What is in them never
 * passes the migrator, so that a secret stays between the two servers.
 */
record PushFiles(List<String> paths, PushData.To to) implements RemoteCommand<String> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            "# send files to the standby\n"
                + Apt.MODESTLY
                + """
                exec rsync -aAX --from0 --files-from=- --no-implied-dirs --timeout=60 \
                  --backup --backup-dir=/var/backups/migration-monkey -e "$1" / "$2"
                """,
            to.shell(),
            to.destination())
        .withInput(String.join("\0", paths))
        .within(Duration.ofMinutes(30));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
