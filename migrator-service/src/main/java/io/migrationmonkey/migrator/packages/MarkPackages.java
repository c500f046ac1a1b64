package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * Marks installed packages, given as {@code name:architecture}, as automatic, as asked for or as
 * held.
 */
record MarkPackages(Mark mark, Set<String> packages) implements RemoteCommand<String> {

  enum Mark {
    AUTO,
    MANUAL,
    HOLD,
    UNHOLD
  }

  @Override
  public Invocation invocation() {
    return Invocation.script(
            """
            # mark packages
            export LC_ALL=C.UTF-8
            set -f
            apt-mark "$1" $(cat) >/dev/null
            """,
            mark.name().toLowerCase(Locale.ROOT))
        .withInput(String.join("\n", packages))
        .within(Duration.ofMinutes(2));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
