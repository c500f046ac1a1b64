package io.migrationmonkey.migrator.ssh;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The one place where arguments become a line for a shell: SSH knows no argument list, sshd hands
 * its line to the user's login shell.
 */
final class ShellQuoting {

  private ShellQuoting() {}

  /**
   * Every argument in single quotes, in which a POSIX shell gives nothing a meaning but the closing
   * quote.
   *
   * @throws IllegalArgumentException for what no argument on a server can hold: a NUL, or half a
   *     character
   */
  static String quote(List<String> arguments) {
    return arguments.stream().map(ShellQuoting::quote).collect(Collectors.joining(" "));
  }

  private static String quote(String argument) {
    if (argument.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an argument cannot hold a NUL character");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(argument)) {
      throw new IllegalArgumentException("an argument holds half a character (a lone surrogate)");
    }
    return "'" + argument.replace("'", "'\\''") + "'";
  }
}
