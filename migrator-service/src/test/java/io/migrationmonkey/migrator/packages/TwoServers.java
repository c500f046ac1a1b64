package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.application.PushKeys;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Two real Debian servers with rsync, of which production may push to backup. */
record TwoServers(
    DebianServer production, DebianServer backup, RemoteServer active, RemoteServer standby)
    implements AutoCloseable {

  static TwoServers started(Path folder) {
    DebianServer production = start(ServerName.PRODUCTION, folder.resolve("production"));
    DebianServer backup = start(ServerName.BACKUP, folder.resolve("backup"));
    Stream.of(production, backup)
        .parallel()
        .forEach(server ->
            server.inside(
                "sed -i 's/^deb http/deb [arch=amd64] http/' /etc/apt/sources.list"
                    + " && apt-get update -qq"
                    + " && apt-get install -qq -y --no-install-recommends rsync >/dev/null"));
    RemoteServer active = production.connectAmongServers();
    RemoteServer standby = backup.connectAmongServers();
    standby.run(PushKeys.authorize("root", active.run(new PushKeys.Make())));
    active.run(PushKeys.pin(standby.address(), 22, standby.run(new PushKeys.HostKey())));
    return new TwoServers(production, backup, active, standby);
  }

  PackageTransfer transfer(PackageSettings settings) {
    return new PackageTransfer(settings, production.settingsAmongServers());
  }

  @Override
  public void close() {
    active.close();
    standby.close();
    production.close();
    backup.close();
  }

  private static DebianServer start(ServerName name, Path folder) {
    try {
      return DebianServer.started(name, Files.createDirectory(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
