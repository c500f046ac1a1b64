package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/**
 * How many bytes lie under those of the paths that exist, on disk: room that is not needed anew.
 */
record DataOnStandby(List<String> paths) implements RemoteCommand<Long> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            """
            # measure the data
            for path; do
              shift
              if [ -e "$path" ]; then set -- "$@" "$path"; fi
            done
            if [ $# = 0 ]; then echo 0; else du -scB1 -- "$@" | tail -n 1 | cut -f1; fi
            """,
            paths.toArray(String[]::new))
        .within(Duration.ofMinutes(5));
  }

  @Override
  public Long parse(Output output) {
    String bytes = output.stdout().strip();
    if (!bytes.matches("\\d{1,18}")) {
      throw new MalformedOutput("a number of bytes", output.stdout());
    }
    return Long.valueOf(bytes);
  }
}
