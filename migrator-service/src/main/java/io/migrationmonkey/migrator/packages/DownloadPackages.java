package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;

/**
 * Fetches packages into apt's cache, so that nothing can be missing in the middle of installing.
 */
record DownloadPackages(List<DebianPackage> packages) implements RemoteCommand<String> {

  @Override
  public Invocation invocation() {
    return Apt.script(
            "patiently apt --no-install-recommends --download-only install \"$@\"\n", packages)
        .within(Duration.ofMinutes(30));
  }

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
