package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.application.PushKeys;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/**
 * Sends files from the active server straight to the same places on the standby, with owners and
 * modes. What they replace there is kept under /var/backups/migration-monkey. What is in them never
 * passes the migrator, so that a secret stays between the two servers.
 *
 * @param toAddress the standby's host name or address, as the active server knows it
 */
record PushFiles(List<String> paths, String user, String toAddress, int port)
    implements RemoteCommand<String> {

  @Override
  public Invocation invocation() {
    // An IPv6 address stands in brackets, or rsync takes its first part for the host.
    String host = toAddress.contains(":") ? "[" + toAddress + "]" : toAddress;
    return Invocation.script(
            "# send files to the standby\n"
                + Apt.MODESTLY
                + """
                exec rsync -aAX --from0 --files-from=- --no-implied-dirs --timeout=60 \
                  --backup --backup-dir=/var/backups/migration-monkey -e "$1" / "$2"
                """,
            ("ssh -i %s -o UserKnownHostsFile=%s -o GlobalKnownHostsFile=/dev/null"
                    + " -o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectTimeout=10"
                    + " -o IdentitiesOnly=yes -o IdentityAgent=none -p %d"
                    + " -c aes128-gcm@openssh.com")
                .formatted(PushKeys.KEY, PushKeys.KNOWN_HOSTS, port),
            "%s@%s:/".formatted(user, host))
        .withInput(String.join("\0", paths))
        .within(Duration.ofMinutes(30));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
