package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import java.util.List;

/**
 * A command did not end in its time. Its channel is closed and it reads and writes nothing more,
 * but sshd does not end it for us: on the server it may still run.
 */
public final class RemoteCommandTimedOut extends SshFailure {

  private final List<String> arguments;
  private final Duration timeout;

  public RemoteCommandTimedOut(ServerName server, List<String> arguments, Duration timeout) {
    super(
        server,
        "%s: '%s' did not end within %s s; it may still run there"
            .formatted(server, CommandLine.brief(arguments), timeout.toMillis() / 1000.0),
        null);
    this.arguments = List.copyOf(arguments);
    this.timeout = timeout;
  }

  public List<String> arguments() {
    return arguments;
  }

  public Duration timeout() {
    return timeout;
  }
}
