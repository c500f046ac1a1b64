package io.migrationmonkey.migrator.ssh;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to run on a server, and for how long at most.
 *
 * @param arguments the program and its arguments, each of which arrives as it is; never a line for
 *     a shell
 * @param input what the command reads on standard input, at most 1 MiB; without one it reads an end
 *     of file at once
 * @param timeout the time from the start of the command to its end
 * @param acceptedExits the exit codes that are answers; any other is a failure
 */
public record Invocation(
    List<String> arguments, @Nullable String input, Duration timeout, Set<Integer> acceptedExits) {

  static final List<String> SHELL = List.of("sh", "-euc");

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  // Fits the window that sshd grants at once, so that a command which never reads its input cannot
  // stall the other commands on the connection.
  private static final int MAX_INPUT_BYTES = 1024 * 1024;

  public Invocation {
    arguments = List.copyOf(arguments);
    acceptedExits = Set.copyOf(acceptedExits);
    if (arguments.isEmpty() || arguments.getFirst().isEmpty()) {
      throw new IllegalArgumentException("a command needs a program to run");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("a command needs a positive timeout, not " + timeout);
    }
    if (input != null && input.getBytes(StandardCharsets.UTF_8).length > MAX_INPUT_BYTES) {
      throw new IllegalArgumentException(
          "standard input of %s is longer than 1 MiB: copy it as a file instead"
              .formatted(arguments.getFirst()));
    }
  }

  /** A program and its arguments: no input, 30 s, and 0 the only accepted exit code. */
  public static Invocation of(String... arguments) {
    return new Invocation(List.of(arguments), null, DEFAULT_TIMEOUT, Set.of(0));
  }

  /**
   * A shell script that ends at the first failing command or unset variable. Values go in as
   * arguments, {@code $1} and on, never into the script's text. Failures show its first line, best
   * a comment that says what it does.
   */
  public static Invocation script(String script, String... arguments) {
    return of(
        Stream.of(SHELL.stream(), Stream.of(script, "sh"), Stream.of(arguments))
            .flatMap(words -> words)
            .toArray(String[]::new));
  }

  public Invocation within(Duration timeout) {
    return new Invocation(arguments, input, timeout, acceptedExits);
  }

  public Invocation withInput(String input) {
    return new Invocation(arguments, input, timeout, acceptedExits);
  }

  public Invocation accepting(Integer... exits) {
    return new Invocation(arguments, input, timeout, Set.of(exits));
  }

  /** Without the input, which may hold a secret. */
  @Override
  public String toString() {
    return CommandLine.brief(arguments) + (input == null ? "" : " (with input)");
  }
}
