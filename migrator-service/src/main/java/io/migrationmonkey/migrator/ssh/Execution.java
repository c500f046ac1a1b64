package io.migrationmonkey.migrator.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command on one channel: writes its input, drains both its streams, waits for its end. */
final class Execution {

  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

  private final Session session;
  private final Invocation invocation;
  private final Consumer<String> onLine;

  // Fails as soon as one of the threads does: the others might wait for ever then.
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  Execution(Session session, Invocation invocation, Consumer<String> onLine) {
    this.session = session;
    this.invocation = invocation;
    this.onLine = onLine;
  }

  /**
   * Runs the command to its end.
   *
   * @throws TimeoutException where it did not end in time; the channel is closed then
   * @throws IOException where the connection broke
   */
  Output run(Deadline deadline) throws IOException, TimeoutException, InterruptedException {
    boolean ended = false;
    try {
      Session.Command command = session.exec(ShellQuoting.quote(invocation.arguments()));
      CompletableFuture<String> stdout =
          start("stdout", () -> OutputReader.read(command.getInputStream(), onLine));
      CompletableFuture<String> stderr =
          start("stderr", () -> OutputReader.read(command.getErrorStream(), line -> {}));
      CompletableFuture<Boolean> input = start("stdin", () -> feed(command));
      CompletableFuture<Boolean> end =
          start(
              "end",
              () -> {
                command.join();
                return true;
              });
      await(CompletableFuture.allOf(stdout, stderr, input, end), deadline);
      ended = true;
      return new Output(exitCode(command), stdout.join(), stderr.join());
    } finally {
      if (!ended) {
        abandon();
      }
    }
  }

  private void await(CompletableFuture<Void> all, Deadline deadline)
      throws IOException, TimeoutException, InterruptedException {
    try {
      CompletableFuture.anyOf(all, failure).get(deadline.remainingMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException broken -> throw broken;
        case RuntimeException thrown -> throw thrown;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /** Writes the input and an end of file. A command may end without having read it all. */
  private boolean feed(Session.Command command) throws IOException {
    try (OutputStream stdin = command.getOutputStream()) {
      if (invocation.input() != null) {
        stdin.write(invocation.input().getBytes(StandardCharsets.UTF_8));
        stdin.flush();
      }
    } catch (IOException e) {
      if (command.isOpen()) {
        throw e;
      }
      LOG.debug("{} did not read all its input", invocation, e);
    }
    return true;
  }

  private <T> CompletableFuture<T> start(String what, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("ssh-" + what)
        .start(() -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            failure.completeExceptionally(e);
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  // In the background: a server that is gone does not answer, and the caller has waited enough.
  private void abandon() {
    Thread.ofVirtual()
        .name("ssh-abandon")
        .start(() -> {
          try {
            ((Session.Command) session).signal(Signal.TERM);
            session.close();
          } catch (IOException e) {
            LOG.debug("abandoning {}", invocation, e);
          }
        });
  }

  private static int exitCode(Session.Command command) throws IOException {
    Integer status = command.getExitStatus();
    if (status != null) {
      return status;
    }
    Signal signal = command.getExitSignal();
    if (signal == null) {
      throw new IOException("the channel was closed before the command's exit code came");
    }
    return 128 + number(signal);
  }

  private static int number(Signal signal) {
    return switch (signal) {
      case HUP -> 1;
      case INT -> 2;
      case QUIT -> 3;
      case ILL -> 4;
      case ABRT -> 6;
      case FPE -> 8;
      case KILL -> 9;
      case USR1 -> 10;
      case SEGV -> 11;
      case USR2 -> 12;
      case PIPE -> 13;
      case ALRM -> 14;
      case TERM -> 15;
      default -> 0;
    };
  }
}
