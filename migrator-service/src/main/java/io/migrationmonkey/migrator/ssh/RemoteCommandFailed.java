package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;
import java.util.List;

/** A command ended with an exit code that is no answer. */
public final class RemoteCommandFailed extends SshFailure {

  private static final int LAST_LINES = 5;
  private static final int LONGEST_TAIL = 1000;

  private final List<String> arguments;
  private final int exitCode;
  private final String stdout;
  private final String stderr;

  public RemoteCommandFailed(
      ServerName server, List<String> arguments, int exitCode, String stdout, String stderr) {
    super(
        server,
        "%s: '%s' ended with exit code %d: %s"
            .formatted(
                server,
                CommandLine.brief(arguments),
                exitCode,
                lastLines(stderr.isBlank() ? stdout : stderr)),
        null);
    this.arguments = List.copyOf(arguments);
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  public List<String> arguments() {
    return arguments;
  }

  public int exitCode() {
    return exitCode;
  }

  public String stdout() {
    return stdout;
  }

  public String stderr() {
    return stderr;
  }

  private static String lastLines(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      return "it said nothing";
    }
    String tail =
        String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    return tail.length() <= LONGEST_TAIL
        ? tail
        : "…" + tail.substring(tail.length() - LONGEST_TAIL);
  }
}
