package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;

/**
 * SHA-256 over names, kinds, modes, owners, ACLs and attributes, links and contents of all that
 * lies under the paths: equal on two servers when the data is. A content that the server remembers
 * is not read again.
 */
public record DigestData(DataSet data, Duration timeout) implements RemoteCommand<String> {

  @Override
  public Invocation invocation() {
    return Survey.invocation("digest", data, Priority.NORMAL, timeout);
  }

  @Override
  public String parse(Output output) {
    String digest = output.stdout().strip();
    if (!digest.matches("[0-9a-f]{64}  -")) {
      throw new MalformedOutput("a SHA-256 digest", output.stdout());
    }
    return digest.substring(0, 64);
  }
}
