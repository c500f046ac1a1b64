package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/**
 * SHA-256 over names, kinds, modes, owners, link targets and contents of all that lies under the
 * paths: equal on two servers when the data is.
 */
public record DigestData(List<String> paths, Duration timeout) implements RemoteCommand<String> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            """
            export LC_ALL=C
            for path; do
              [ -e "$path" ] || { echo "$path does not exist" >&2; exit 3; }
            done
            { find "$@" -printf '%p\\t%y\\t%m\\t%u\\t%g\\t%l\\0' | sort -z
              find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum --; } |
              sha256sum | cut -d' ' -f1
            """,
            paths.toArray(String[]::new))
        .within(timeout);
  }

  @Override
  public String parse(Output output) {
    String digest = output.stdout().strip();
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new MalformedOutput("a SHA-256 digest", output.stdout());
    }
    return digest;
  }
}
