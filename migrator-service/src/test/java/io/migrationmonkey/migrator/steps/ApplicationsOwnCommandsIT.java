package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import io.migrationmonkey.migrator.ssh.RemoteCommandTimedOut;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What an application brings of its own commands, on a real server that is both ends at once. */
class ApplicationsOwnCommandsIT {

  @TempDir static Path folder;
  private static DebianServer debian;
  private static RemoteServer server;

  private final Map<String, String> properties =
      new HashMap<>(
          Map.of(
              "monkey.application.name", "shop",
              "monkey.application.services[0]", "shop.service",
              "monkey.application.health.command[0]", "grep",
              "monkey.application.health.command[1]", "-q",
              "monkey.application.health.command[2]", "it's well",
              "monkey.application.health.command[3]", "/srv/a health file"));
  private final MigrationSettings migration =
      new Binder(new MapConfigurationPropertySource(Map.of()))
          .bindOrCreate("monkey.migration", MigrationSettings.class);
  private final HoldDeadline deadline = new HoldDeadline(Clock.systemUTC(), migration);
  private MigrationRun run;

  @BeforeAll
  static void start() {
    debian = DebianServer.started(ServerName.PRODUCTION, folder);
    debian.put(
        "/etc/systemd/system/shop.service",
        "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n");
    server = debian.connect();
  }

  @AfterAll
  static void stop() {
    server.close();
    debian.close();
  }

  @BeforeEach
  void theApplicationRuns() {
    debian.inside("systemctl daemon-reload; systemctl start shop; rm -rf /srv/*");
    run =
        new MigrationRun(
            new Lease(1, "m1"),
            new SwitchState(ServerName.PRODUCTION, 1, ""),
            "why",
            server,
            server,
            Map.of(),
            text -> {});
    deadline.begins(run);
  }

  @Test
  void whatComesBeforeTheStopRunsWhileTheApplicationStillDoes() {
    command("before-stop", "sh", "-c", "systemctl is-active shop >/srv/seen");
    stopping().run(run);
    assertThat(debian.inside("cat /srv/seen").strip()).isEqualTo("active");
    assertThat(state()).isEqualTo("inactive");
  }

  @Test
  void whereThatFailsOrLastsTooLongTheApplicationIsNotStopped() {
    command("before-stop", "sh", "-c", "echo no room for the dump >&2; exit 3");
    assertThatThrownBy(() -> stopping().run(run))
        .isInstanceOf(RemoteCommandFailed.class)
        .hasMessageContaining("no room for the dump");
    command("before-stop", "sh", "-c", "sleep 99");
    properties.put("monkey.application.before-stop.timeout", "200ms");
    assertThatThrownBy(() -> stopping().run(run)).isInstanceOf(RemoteCommandTimedOut.class);
    assertThat(state()).isEqualTo("active");
  }

  @Test
  void whatComesAfterTheStartRunsOnceTheApplicationDoesAndItsFailureIsTheStepsOwn() {
    debian.inside("systemctl stop shop");
    command("after-start", "sh", "-c", "systemctl is-active shop >/srv/seen; exit 4");
    assertThatThrownBy(() -> new StartApplication(settings(), deadline).run(run))
        .isInstanceOf(RemoteCommandFailed.class)
        .hasMessageContaining("exit code 4");
    assertThat(debian.inside("cat /srv/seen").strip()).isEqualTo("active");
  }

  @Test
  void healthIsWhatTheCommandSays() {
    HealthProbe probe = new HealthProbe(settings(), new Waiting());
    assertThat(probe.awaitHealthy(server, Duration.ofMillis(300)))
        .hasValueSatisfying(complaint ->
            assertThat(complaint)
                .contains("the application is not healthy")
                .contains("No such file or directory"));
    debian.inside("echo \"it's well\" >'/srv/a health file'");
    assertThat(probe.awaitHealthy(server, Duration.ofSeconds(5))).isEmpty();
  }

  private void command(String when, String... words) {
    for (int i = 0; i < words.length; i++) {
      properties.put("monkey.application.%s.command[%d]".formatted(when, i), words[i]);
    }
  }

  // Under a hold it has no question to Redis.
  @SuppressWarnings("NullAway")
  private StopApplication stopping() {
    return new StopApplication(settings(), deadline, null, new Waiting(), migration);
  }

  private ApplicationSettings settings() {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("monkey.application", ApplicationSettings.class);
  }

  private static String state() {
    return debian.inside("systemctl is-active shop || true").strip();
  }
}
