package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Asks the repositories for their current lists. Answers with apt's complaints: one repository that
 * is away need not matter, what counts is whether the packages are offered.
 */
record RefreshPackageLists() implements RemoteCommand<List<String>> {

  @Override
  public Invocation invocation() {
    return Apt.script("refresh the package lists", "patiently apt update\n", List.of())
        .within(Duration.ofMinutes(8))
        .accepting(0, 100);
  }

  @Override
  public List<String> parse(Output output) {
    return Stream.concat(output.stdout().lines(), output.stderr().lines())
        .filter(line -> line.startsWith("W:") || line.startsWith("E:"))
        .distinct()
        .toList();
  }
}
