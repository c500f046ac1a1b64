package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks apt what it would do for these packages. Changes nothing. */
record SimulateInstall(InstallOrder order) implements RemoteCommand<SimulateInstall.Outcome> {

  private static final Pattern ACTION = Pattern.compile("(Inst|Remv|Purg) (\\S+) .*");
  private static final Pattern NO_VERSION =
      Pattern.compile("E: Version '([^']+)' for '([^']+)' was not found");
  private static final Pattern NO_PACKAGE =
      Pattern.compile("E: (?:Unable to locate package|Package) '?([^' ]+)'?.*");

  /** The names of what would be installed or upgraded, and of what would be removed. */
  record Outcome(List<String> installed, List<String> removed) {}

  @Override
  public Invocation invocation() {
    return Apt.script(
            "simulate the installation",
            "apt -s --no-install-recommends %s install \"$@\"\n".formatted(order.options()),
            order.words())
        .within(Duration.ofMinutes(2));
  }

  @Override
  public Outcome parse(Output output) {
    List<Matcher> actions =
        output.stdout().lines().map(ACTION::matcher).filter(Matcher::matches).toList();
    return new Outcome(
        actions.stream().filter(a -> a.group(1).equals("Inst")).map(a -> a.group(2)).toList(),
        actions.stream().filter(a -> !a.group(1).equals("Inst")).map(a -> a.group(2)).toList());
  }

  /** The packages that a failed simulation says no repository offers. */
  List<String> unavailable(String stderr) {
    List<String> lines = stderr.lines().toList();
    return order.served().stream()
        .filter(p -> lines.stream().anyMatch(line -> names(line, p)))
        .map(DebianPackage::toString)
        .toList();
  }

  private static boolean names(String line, DebianPackage p) {
    Matcher noVersion = NO_VERSION.matcher(line);
    if (noVersion.matches()) {
      return noVersion.group(1).equals(p.version()) && isName(noVersion.group(2), p);
    }
    Matcher noPackage = NO_PACKAGE.matcher(line);
    return noPackage.matches() && isName(noPackage.group(1), p);
  }

  private static boolean isName(String said, DebianPackage p) {
    return said.equals(p.name()) || said.equals(p.key());
  }
}
