package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;

/**
 * No working connection to a server: refused, no route, no answer, not let in, or broken in the
 * middle. Whether a command that was under way has done its work is unknown.
 */
public final class ServerUnreachable extends SshFailure {

  public ServerUnreachable(ServerName server, Throwable cause) {
    this(server, "cannot be reached over SSH: " + cause, cause);
  }

  ServerUnreachable(ServerName server, String problem, Throwable cause) {
    super(server, server + " " + problem, cause);
  }
}
