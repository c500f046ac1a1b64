package io.migrationmonkey.migrator.ssh;

import java.util.List;

/** A command as a person should see it in a message: one short line. */
final class CommandLine {

  private static final int LONGEST = 120;

  private CommandLine() {}

  /** The command, or the first line of a script without the sign of a comment. */
  static String brief(List<String> arguments) {
    boolean script = arguments.size() > 2 && arguments.subList(0, 2).equals(Invocation.SHELL);
    String text =
        script
            ? arguments.get(2).lines().findFirst().orElse("").replaceFirst("^#\\s*", "")
            : String.join(" ", arguments);
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
