package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ServerSettings;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** The two servers, each behind one SSH connection. */
@Component
class Servers implements DisposableBean {

  private final Map<ServerName, RemoteServer> servers = new EnumMap<>(ServerName.class);

  Servers(ServerSettings settings, SshSettings ssh) {
    for (ServerName name : ServerName.values()) {
      servers.put(name, new RemoteServer(name, ssh, settings.address(name)));
    }
  }

  RemoteServer get(ServerName name) {
    RemoteServer server = servers.get(name);
    if (server == null) {
      throw new IllegalArgumentException("no such server: " + name);
    }
    return server;
  }

  @Override
  public void destroy() {
    servers.values().forEach(RemoteServer::close);
  }
}
