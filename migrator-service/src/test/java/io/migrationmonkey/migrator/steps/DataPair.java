package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;

/** Two real servers and the steps that move data from one to the other. */
final class DataPair implements AutoCloseable {

  static final Duration HOLD = Duration.ofSeconds(60);

  final DebianServer production;
  final DebianServer backup;
  final List<String> progress = Collections.synchronizedList(new ArrayList<>());
  private final RemoteServer active;
  private final RemoteServer standby;
  private final Path folder;
  private final ManualClock clock = new ManualClock();

  DataPair(Path folder) throws IOException {
    this.folder = folder;
    production =
        DebianServer.started(
            ServerName.PRODUCTION, Files.createDirectory(folder.resolve("production")));
    backup =
        DebianServer.started(ServerName.BACKUP, Files.createDirectory(folder.resolve("backup")));
    // One login for both, as a migrator has it.
    active = production.connectAmongServers();
    standby = backup.connectAmongServers();
    Stream.of(production, backup)
        .parallel()
        .forEach(server ->
            server.inside(
                "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y"
                    + " --no-install-recommends rsync acl attr >/dev/null"));
  }

  MigrationRun run() {
    MigrationRun run =
        new MigrationRun(
            new Lease(1, "m1"),
            new SwitchState(ServerName.PRODUCTION, 1, ""),
            "a test",
            active,
            standby,
            Map.of(),
            progress::add);
    run.holdsUntil(clock.instant().plus(HOLD));
    return run;
  }

  /** What the migrator checks of the places for the data. */
  List<String> complaints(DataSettings data) {
    return new StandbyPlace(application(data), data).complaints(run());
  }

  void exchangeKeys(DataSettings data) {
    ApplicationSettings application = application(data);
    new ExchangeKeys(
            backup.settingsAmongServers(), application, new StandbyPlace(application, data))
        .run(run());
  }

  StepReport copy(DataSettings data) {
    return new CopyData(copying(data), application(data), data, settings(), new Waiting())
        .run(run());
  }

  /** The first part of it: until all is on the standby, but not yet read there. */
  void copyOnce(DataSettings data) {
    DataCopy copying = copying(data);
    MigrationRun run = run();
    Duration atMost = Duration.ofMinutes(10);
    var _ = copying.mark(run, atMost);
    var _ = copying.round(run, PushData.What.ALL, "round 1", 0, atMost);
  }

  StepReport copyLastChanges(DataSettings data) {
    return new CopyLastChanges(copying(data), data, new HoldDeadline(clock, settings())).run(run());
  }

  static DataSettings data(List<String> paths, String... exclude) {
    return new DataSettings(paths, List.of(exclude), DataSize.ofBytes(0));
  }

  private DataCopy copying(DataSettings data) {
    return new DataCopy(data, backup.settingsAmongServers());
  }

  private static ApplicationSettings application(DataSettings data) {
    return new ApplicationSettings(
        "book",
        List.of("book.service"),
        data.data(),
        new ApplicationSettings.Health(80, "/health", null, Duration.ofSeconds(5)),
        null,
        null);
  }

  private static MigrationSettings settings() {
    Duration minute = Duration.ofMinutes(1);
    return new MigrationSettings(
        HOLD,
        minute,
        Duration.ofMinutes(10),
        5,
        DataSize.ofMegabytes(1),
        minute,
        minute,
        minute,
        minute,
        minute,
        DataSize.ofMegabytes(1));
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    active.close();
    standby.close();
    production.close();
    backup.close();
  }
}
