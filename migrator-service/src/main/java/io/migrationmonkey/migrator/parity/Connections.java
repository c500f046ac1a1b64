package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ServerSettings;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import org.springframework.stereotype.Component;

/**
 * Connections that no migration uses, so that closing them, or a server that hangs on one, never
 * disturbs one.
 */
@Component
public class Connections {

  private final ServerSettings servers;
  private final SshSettings ssh;

  Connections(ServerSettings servers, SshSettings ssh) {
    this.servers = servers;
    this.ssh = ssh;
  }

  /** A connection of the caller's own. */
  public RemoteServer open(ServerName server) {
    return open(server, () -> {});
  }

  /**
   * The same.
   *
   * @param mayAct asked right before each command, throws where none may be sent any more
   */
  public RemoteServer open(ServerName server, Runnable mayAct) {
    return new RemoteServer(server, ssh, servers.address(server), mayAct);
  }
}
