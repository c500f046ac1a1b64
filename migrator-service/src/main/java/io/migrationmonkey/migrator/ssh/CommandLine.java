package io.migrationmonkey.migrator.ssh;

import java.util.List;

/** A command as a person should see it in a message: one short line. */
final class CommandLine {

  private static final int LONGEST = 120;

  private CommandLine() {}

  static String brief(List<String> arguments) {
    String line = String.join(" ", arguments).strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
