package io.migrationmonkey.lab.stack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command on this machine, run to its end within a time. */
public record Command(Duration timeout, List<String> words) {

  public Command {
    words = List.copyOf(words);
  }

  public static Command of(String... words) {
    return new Command(Duration.ofSeconds(30), List.of(words));
  }

  public Command within(Duration time) {
    return new Command(time, words);
  }

  /**
   * Runs it and returns what it wrote to standard output.
   *
   * @throws CommandFailure when it can't be started, takes too long, or ends with another code than
   *     0
   */
  public String run() throws CommandFailure, InterruptedException {
    Process process = start();
    try {
      process.getOutputStream().close();
      FutureTask<String> out = reading(process.getInputStream());
      FutureTask<String> err = reading(process.getErrorStream());
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CommandFailure(this, "did not end within %d s".formatted(timeout.toSeconds()));
      }
      if (process.exitValue() != 0) {
        throw new CommandFailure(
            this,
            "ended with %d: %s %s"
                .formatted(process.exitValue(), ended(err).strip(), ended(out).strip()));
      }
      return ended(out);
    } catch (IOException e) {
      throw new CommandFailure(this, e.toString());
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start() throws CommandFailure {
    try {
      return new ProcessBuilder(words).start();
    } catch (IOException e) {
      throw new CommandFailure(this, "could not be started: " + e.getMessage());
    }
  }

  private String ended(FutureTask<String> stream) throws CommandFailure, InterruptedException {
    try {
      return stream.get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailure(this, "its output could not be read: " + e);
    }
  }

  private static FutureTask<String> reading(InputStream stream) {
    FutureTask<String> task =
        new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    Thread.ofVirtual().start(task);
    return task;
  }

  /** As one would type it in a shell. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      line.append(line.isEmpty() ? "" : " ");
      boolean plain = word.matches("[\\w./:=@%+-]+");
      line.append(plain ? word : "'" + word.replace("'", "'\\''") + "'");
    }
    return line.toString();
  }
}
