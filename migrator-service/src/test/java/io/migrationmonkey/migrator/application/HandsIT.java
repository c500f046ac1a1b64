package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

/**
 * What the monitor may ask of root on production, with a real systemd and a real Redis, beside the
 * migrator's own starts and stops.
 */
class HandsIT {

  private static final List<String> UNITS = List.of("db.service", "web.service");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OURS = "7 restart-production";

  private static final String ASK =
      """
      import socket, sys
      s = socket.socket(socket.AF_UNIX)
      s.settimeout(60)
      s.connect("/run/migration-monkey-hands.sock")
      s.sendall(sys.argv[1].encode() + b"\\n")
      s.shutdown(socket.SHUT_WR)
      while data := s.recv(4096):
          sys.stdout.write(data.decode())
      """;

  @TempDir static Path folder;
  private static final Network network = Network.newNetwork();
  private static GenericContainer<?> redis;
  private static DebianServer production;
  private static RemoteServer server;

  @BeforeAll
  @SuppressWarnings("resource") // closed with all the rest
  static void start() throws Exception {
    redis =
        new GenericContainer<>(DockerImageName.parse("redis:7"))
            .withImagePullPolicy(image -> false)
            .withNetwork(network)
            .withNetworkAliases("redis");
    redis.start();
    production = DebianServer.started(ServerName.PRODUCTION, folder, network);
    production.inside(
        """
        mkdir -p /opt/migration-monkey /etc/migration-monkey
        groupadd --system migration-monkey
        useradd --groups migration-monkey monitor
        useradd stranger
        """);
    production.put("/opt/migration-monkey/guard", ours("guard/files/guard"));
    production.put("/opt/migration-monkey/hands", ours("monitor/files/hands"));
    production.put("/ask.py", ASK);
    for (String unit :
        List.of("migration-monkey-hands.socket", "migration-monkey-hands@.service")) {
      production.put("/etc/systemd/system/" + unit, ours("monitor/files/" + unit));
    }
    production.put(
        "/etc/migration-monkey/application.conf",
        """
        # Written by a test.
        unit=db.service
        unit=web.service
        health=test
        health=-e
        health=/tmp/healthy
        """);
    for (String unit : UNITS) {
      production.put(
          "/etc/systemd/system/" + unit,
          """
          [Service]
          Type=exec
          ExecStartPre=/bin/sh -c 'while [ -e /tmp/slow ]; do sleep 0.2; done'
          ExecStart=/bin/sleep infinity
          [Install]
          WantedBy=multi-user.target
          """);
    }
    production.inside(
        """
        chmod 755 /opt/migration-monkey/guard /opt/migration-monkey/hands
        systemctl daemon-reload
        systemctl enable --quiet --now migration-monkey-hands.socket
        """);
    redisIs("redis://redis:6379");
    server = production.connect();
    assertThat(server.run(new Guard(UNITS))).isTrue();
  }

  private static String ours(String file) throws IOException {
    return Files.readString(Path.of("../ansible/roles/" + file));
  }

  @AfterAll
  static void stop() {
    server.close();
    production.close();
    redis.stop();
    network.close();
  }

  @BeforeEach
  void serving() throws Exception {
    redisIs("redis://redis:6379");
    production.inside("rm -f /tmp/slow /tmp/healthy");
    redis("SET", "switch", "false");
    redis("HSET", "switch:record", "epoch", "7");
    redis("SET", "migration:lease", OURS);
    server.run(Services.start(UNITS, 7, SOON));
  }

  @Test
  void looksAtTheUnitsAndAtTheHealthOnlyWhenAsked() {
    assertThat(ask("look"))
        .contains("ActiveState=active", "UnitFileState=enabled", "LoadState=loaded", "NRestarts=0")
        .doesNotContain("Health=");
    assertThat(ask("look").split("\n\n")).hasSize(2);
    assertThat(ask("look 5")).endsWith("\n\nHealth=1\n");
    production.inside("touch /tmp/healthy; systemctl stop web");
    assertThat(ask("look 5")).contains("ActiveState=inactive").endsWith("\n\nHealth=0\n");
  }

  @Test
  void onlyTheMonitorsGroupMayAskAndNothingElseCanBeAsked() {
    assertThat(production.inside("! runuser -u stranger -- python3 /ask.py look 2>&1"))
        .contains("PermissionError");
    for (String request : List.of("", "reboot", "start", "look; id", "stop web.service", "$(id)")) {
      assertThat(ask(request)).as(request).doesNotContain("uid=").doesNotContain("done");
    }
    assertThat(states()).containsExactly("active enabled", "active enabled");
  }

  @Test
  void startsWhatIsDownUnderItsOwnLeaseOnly() throws Exception {
    production.inside("systemctl kill --signal=KILL --kill-who=all web; systemctl stop db");
    redis("SET", "migration:lease", "8 m20260101-020000-abcd");
    assertThat(ask("start " + OURS)).startsWith("refused: the lease is '8 m2026");
    redis("DEL", "migration:lease");
    assertThat(ask("start " + OURS)).startsWith("refused: the lease is ''");
    assertThat(ask("start -")).startsWith("refused");
    redis("SET", "migration:lease", "9 restart-backup");
    assertThat(ask("start 9 restart-backup")).startsWith("refused");
    assertThat(states()).noneMatch(state -> state.startsWith("active"));
    redis("SET", "migration:lease", OURS);
    assertThat(ask("start " + OURS)).isEqualTo("done\n");
    assertThat(states()).containsExactly("active enabled", "active enabled");
  }

  @Test
  void startsWhatADeadMigratorHasStoppedAndTellsTheGuard() {
    server.run(Services.stop(UNITS));
    assertThat(ask("start " + OURS)).isEqualTo("done\n");
    assertThat(states()).containsExactly("active enabled", "active enabled");
    assertThat(production.inside("cat /var/lib/migration-monkey/role")).isEqualTo("active 7\n");
  }

  @Test
  void restartsAll() {
    String before = production.inside("systemctl show -p MainPID db web");
    assertThat(ask("restart " + OURS)).isEqualTo("done\n");
    assertThat(production.inside("systemctl show -p MainPID db web")).isNotEqualTo(before);
    assertThat(states()).containsExactly("active enabled", "active enabled");
  }

  @Test
  void stopsOnAStandbyAndNowhereElse() throws Exception {
    assertThat(ask("stop " + OURS)).startsWith("refused: Redis says that this server is active");
    redis("SET", "switch", "true");
    assertThat(ask("start " + OURS)).startsWith("refused: Redis says that backup is active");
    assertThat(ask("stop " + OURS)).isEqualTo("done\n");
    assertThat(states()).containsExactly("inactive disabled", "inactive disabled");
    assertThat(production.inside("cat /var/lib/migration-monkey/role")).isEqualTo("standby\n");
  }

  @Test
  void withoutASwitchNothingIsDone() throws Exception {
    redis("DEL", "switch");
    production.inside("systemctl stop web");
    assertThat(ask("start " + OURS)).startsWith("refused: Redis does not say");
    assertThat(ask("start -")).startsWith("refused: Redis does not say");
    assertThat(ask("stop " + OURS)).startsWith("refused: Redis does not say");
  }

  @Test
  void whileRedisIsSilentTheRoleDecides() throws Exception {
    production.inside("systemctl stop web");
    redisIs("redis://redis:1");
    assertThat(ask("start " + OURS)).startsWith("refused: Redis does not answer");
    assertThat(ask("stop -")).startsWith("refused: Redis does not answer");
    assertThat(ask("start -")).isEqualTo("done\n");
    assertThat(states()).containsExactly("active enabled", "active enabled");
    server.run(Services.stop(UNITS));
    assertThat(ask("start -")).startsWith("refused: Redis is away, and this server was");
    assertThat(states()).containsExactly("inactive disabled", "inactive disabled");
  }

  @Test
  void theMigratorsStopHasTheLastWordOverAStartThatLasts() {
    production.inside("systemctl stop web db; touch /tmp/slow");
    production.inside(
        "runuser -u monitor -- python3 /ask.py 'start %s' >/tmp/answer 2>&1 &".formatted(OURS));
    await().atMost(SOON).until(() -> states().getFirst().startsWith("activating"));
    assertThat(ask("start " + OURS)).startsWith("busy");
    server.run(Services.stop(UNITS));
    assertThat(states()).containsExactly("inactive disabled", "inactive disabled");
    production.inside("rm /tmp/slow");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(SOON)
        .until(() -> states().equals(List.of("inactive disabled", "inactive disabled")));
    assertThat(production.inside("cat /tmp/answer")).doesNotContain("done");
  }

  private static String ask(String request) {
    return production.inside(
        "runuser -u monitor -- python3 /ask.py '%s'".formatted(request.replace("'", "")));
  }

  private static List<String> states() {
    return server.run(new Services.States(UNITS));
  }

  private static void redisIs(String url) {
    production.put(
        "/etc/migration-monkey/guard.conf",
        "server=production\nredis=%s\npatience=1\n".formatted(url));
  }

  private static void redis(String... words) throws Exception {
    String[] command = new String[words.length + 1];
    command[0] = "redis-cli";
    System.arraycopy(words, 0, command, 1, words.length);
    assertThat(redis.execInContainer(command).getExitCode()).isZero();
  }
}
