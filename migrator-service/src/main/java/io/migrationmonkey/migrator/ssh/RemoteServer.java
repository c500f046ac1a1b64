package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.connection.channel.direct.Session;
import org.jspecify.annotations.Nullable;

/**
 * A server reached over SSH. It connects on first use, keeps the connection, and connects anew
 * after that broke, as a reboot does. Up to six commands run side by side on the one connection,
 * more wait their turn.
 *
 * <p>Commands run as root: with sudo where somebody else logs in.
 *
 * <p>A command is sent once: where the connection breaks while it runs, that is a {@link
 * ServerUnreachable}, because nobody knows how far it came.
 */
public final class RemoteServer implements AutoCloseable {

  // sshd allows ten on one connection unless told otherwise, and counts one for a while after its
  // end.
  private static final int SIDE_BY_SIDE = 6;
  private static final Duration ROOM_WITHIN = Duration.ofSeconds(5);
  private static final Duration ROOM_CHECK = Duration.ofMillis(50);

  private final ServerName name;
  private final String address;
  private final SshSettings settings;
  private final Connector connector;
  private final Runnable mayAct;
  private final Semaphore turns = new Semaphore(SIDE_BY_SIDE, true);
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable SSHClient current;
  private boolean closed;

  /**
   * @param address host name or IP address
   */
  public RemoteServer(ServerName name, SshSettings settings, String address) {
    this(name, settings, address, () -> {});
  }

  /**
   * @param mayAct asked right before each command is sent, and throws where none may be sent any
   *     more
   */
  public RemoteServer(ServerName name, SshSettings settings, String address, Runnable mayAct) {
    this.mayAct = mayAct;
    this.name = name;
    this.address = address;
    this.settings = settings;
    this.connector = new Connector(name, settings, address);
  }

  public ServerName name() {
    return name;
  }

  public String address() {
    return address;
  }

  /**
   * Runs a command and waits for its answer, at most for the command's own timeout and, where there
   * is no connection yet, for that to come up.
   *
   * @throws SshFailure where there is no answer
   * @throws MalformedOutput where the answer makes no sense, or is longer than 32 MiB
   * @throws CancellationException where the calling thread was interrupted
   */
  public <T> T run(RemoteCommand<T> command) {
    return run(command, line -> {});
  }

  /**
   * The same, and hands every line of standard output over as it comes, on another thread, one
   * after the other. A line ends at a line feed or a carriage return; empty ones are left out.
   */
  public <T> T run(RemoteCommand<T> command, Consumer<String> onLine) {
    Invocation invocation = command.invocation();
    Output output = execute(invocation, onLine);
    if (!invocation.acceptedExits().contains(output.exitCode())) {
      throw new RemoteCommandFailed(
          name, invocation.arguments(), output.exitCode(), output.stdout(), output.stderr());
    }
    return command.parse(output);
  }

  /** Drops the connection, and the commands on it; the next command connects anew. */
  public void disconnect() {
    lock.lock();
    try {
      if (current != null) {
        drop(current);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops the connection for good. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      disconnect();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "%s at %s".formatted(name, address);
  }

  private Output execute(Invocation invocation, Consumer<String> onLine) {
    Deadline turn = Deadline.after(invocation.timeout());
    try {
      if (!turns.tryAcquire(turn.remainingMillis(), TimeUnit.MILLISECONDS)) {
        throw new RemoteCommandTimedOut(name, invocation.arguments(), invocation.timeout());
      }
      try {
        Session session = openSession();
        askWhetherItMayAct(session);
        return new Execution(session, settings.asRoot(invocation), onLine)
            .run(Deadline.after(invocation.timeout()));
      } finally {
        turns.release();
      }
    } catch (TimeoutException e) {
      throw new RemoteCommandTimedOut(name, invocation.arguments(), invocation.timeout());
    } catch (IOException e) {
      throw failure(e, invocation);
    } catch (InterruptedException e) {
      throw interrupted(invocation);
    }
  }

  private void askWhetherItMayAct(Session session) throws IOException {
    try {
      mayAct.run();
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * A channel on the connection, or on a new one: a kept connection may have died unnoticed, and no
   * command has been sent yet.
   */
  private Session openSession() throws IOException, InterruptedException {
    Connection kept = connection();
    try {
      return openSession(kept.client);
    } catch (OpenFailException e) {
      // The connection is fine, and other commands run on it.
      throw e;
    } catch (IOException | IllegalStateException e) {
      drop(kept.client);
      if (kept.fresh || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return openSession(connection().client);
    }
  }

  private static Session openSession(SSHClient client) throws IOException, InterruptedException {
    Deadline deadline = Deadline.after(ROOM_WITHIN);
    while (true) {
      try {
        return client.startSession();
      } catch (OpenFailException e) {
        if (deadline.remainingMillis() == 0) {
          throw e;
        }
        Thread.sleep(ROOM_CHECK);
      }
    }
  }

  private Connection connection() throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the connection to %s was closed".formatted(name));
      }
      if (current != null && current.isConnected()) {
        return new Connection(current, false);
      }
      current = connector.connect();
      return new Connection(current, true);
    } finally {
      lock.unlock();
    }
  }

  private void drop(SSHClient client) {
    lock.lock();
    try {
      if (client.equals(current)) {
        current = null;
      }
    } finally {
      lock.unlock();
    }
    Connector.closeQuietly(client);
  }

  private RuntimeException failure(IOException e, Invocation invocation) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || (cause instanceof InterruptedIOException
              && !(cause instanceof SocketTimeoutException))) {
        return interrupted(invocation);
      }
    }
    return connector.unreachable(e);
  }

  private CancellationException interrupted(Invocation invocation) {
    Thread.currentThread().interrupt();
    return new CancellationException(
        "interrupted while '%s' ran on %s".formatted(invocation, name));
  }

  private record Connection(SSHClient client, boolean fresh) {}
}
