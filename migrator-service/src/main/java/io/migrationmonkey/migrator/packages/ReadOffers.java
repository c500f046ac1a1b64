package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks packages up in the lists that a server has. Changes nothing and asks no repository. */
record ReadOffers(List<DebianPackage> packages) implements RemoteCommand<Offers> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            "# look up what the repositories offer\n"
                + Apt.MODESTLY
                + """
                export LC_ALL=C.UTF-8
                set -f
                dpkg --print-architecture
                set -- $(cat)
                [ $# = 0 ] || apt-cache madison "$@" 2>/dev/null || true
                """)
        .withInput(
            packages.stream()
                .map(p -> p.architecture().equals("all") ? p.name() : p.key())
                .collect(Collectors.joining("\n", "", "\n")))
        .within(Duration.ofMinutes(2));
  }

  @Override
  public Offers parse(Output output) {
    List<String> lines = output.stdout().lines().toList();
    if (lines.isEmpty() || !lines.getFirst().matches("[a-z0-9][a-z0-9-]*")) {
      throw new MalformedOutput("an architecture and what apt-cache madison says", output.stdout());
    }
    Map<String, Set<String>> versions = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split("\\|", 3);
      // The same name may be offered as source, which nobody can install.
      if (fields.length == 3 && fields[2].strip().endsWith("Packages")) {
        versions.computeIfAbsent(fields[0].strip(), name -> new HashSet<>()).add(fields[1].strip());
      }
    }
    return new Offers(lines.getFirst(), versions);
  }
}
