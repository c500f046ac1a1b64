package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes down on a server which files are the same on both. When one of them differs later, and
 * still is what is written here, then nobody changed it on this server and the other one's may take
 * its place; else somebody did, and his work is not undone silently.
 */
record RememberAgreed(List<PortableFile> files) implements RemoteCommand<String> {

  static final String FILE = "/var/lib/migration-monkey/agreed-files";

  @Override
  public Invocation invocation() {
    return Invocation.script(
            """
            # remember which files are the same on both servers
            umask 077
            mkdir -p "$(dirname "$1")"
            cat >"$1.new"
            mv "$1.new" "$1"
            """,
            FILE)
        .withInput(
            files.stream()
                .map(file -> "%s  %s\n".formatted(file.sha256(), file.path()))
                .collect(Collectors.joining()));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
