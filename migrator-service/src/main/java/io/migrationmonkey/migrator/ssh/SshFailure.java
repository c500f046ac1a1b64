package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;
import org.jspecify.annotations.Nullable;

/** Something went wrong on, or on the way to, a server. The message says what to do. */
public abstract sealed class SshFailure extends RuntimeException
    permits RemoteCommandFailed, RemoteCommandTimedOut, ServerUnreachable, HostKeyRefused {

  private final ServerName server;

  SshFailure(ServerName server, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.server = server;
  }

  public ServerName server() {
    return server;
  }
}
