package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
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

/** What production starts when it boots, with a real systemd and a real Redis with a password. */
class GuardIT {

  private static final List<String> UNITS = List.of("db@main.service", "web.service");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PASSWORD = "p%40ss/w:rd";
  private static final String DECODED = "p@ss/w:rd";

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
            .withCommand("redis-server", "--requirepass", DECODED, "--protected-mode", "no")
            .withNetwork(network)
            .withNetworkAliases("redis");
    redis.start();
    production = DebianServer.started(ServerName.PRODUCTION, folder, network);
    production.inside("mkdir -p /opt/migration-monkey /etc/migration-monkey");
    production.put("/opt/migration-monkey/guard", guard());
    production.inside("chmod 755 /opt/migration-monkey/guard; useradd web");
    for (String unit : List.of("db@.service", "web.service")) {
      // As an ordinary user, who may not read where Redis is.
      production.put(
          "/etc/systemd/system/" + unit,
          """
          [Service]
          User=web
          ExecStart=/bin/sleep infinity
          [Install]
          WantedBy=multi-user.target
          """);
    }
    redisIs("redis://:%s@redis:6379/0".formatted(PASSWORD));
    server = production.connect();
    assertThat(server.run(new Guard(UNITS))).isTrue();
  }

  private static String guard() throws IOException {
    return Files.readString(Path.of("../ansible/roles/guard/files/guard"));
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
    redisIs("redis://:%s@redis:6379/0".formatted(PASSWORD));
    redis("SET", "switch", "false");
    redis("HSET", "switch:record", "epoch", "7");
    server.run(Services.start(UNITS, 7, SOON));
    assertThat(states()).containsExactly("active enabled", "active enabled");
  }

  @Test
  void anActiveServerThatLostItsPowerStartsByItself() {
    powerCut();
    assertThat(states()).containsExactly("active enabled", "active enabled");
    assertThat(journal()).contains("web.service starts: Redis says that production");
  }

  @Test
  void aServerThatWasLeftWhileNobodyReachedItStartsNothingWhenItReturns() throws Exception {
    redis("SET", "switch", "true");
    redis("HSET", "switch:record", "epoch", "8");
    powerCut();
    assertThat(states()).containsExactly("inactive enabled", "inactive enabled");
    assertThat(journal())
        .contains("web.service is not started: Redis says that backup is active (epoch 8)")
        .contains("db@main.service is not started");
    // Nor when the application's own restart comes in, or a person.
    production.inside("systemctl start web.service");
    assertThat(states().getLast()).isEqualTo("inactive enabled");
    assertThat(production.inside("systemctl is-failed web.service || true").strip())
        .isEqualTo("inactive");
  }

  @Test
  void whereRedisIsSilentTheRoleOfBeforeCounts() throws Exception {
    var docker = redis.getDockerClient();
    docker.pauseContainerCmd(redis.getContainerId()).exec();
    try {
      powerCut();
      assertThat(states()).containsExactly("active enabled", "active enabled");
      assertThat(journal()).contains("it gives no answer").contains("was the active one");

      server.run(Services.stop(UNITS));
      production.inside("systemctl enable db@main.service web.service");
      powerCut();
      assertThat(states()).containsExactly("inactive enabled", "inactive enabled");
      assertThat(journal()).contains("it gives no answer").contains("was the standby");
    } finally {
      docker.unpauseContainerCmd(redis.getContainerId()).exec();
    }
  }

  @Test
  void aServerThatNoMigrationHasTouchedStartsWhereRedisIsSilent() throws Exception {
    redisIs("redis://redis:1");
    production.inside("rm /var/lib/migration-monkey/role");
    powerCut();
    assertThat(states()).containsExactly("active enabled", "active enabled");
    assertThat(journal()).contains("it cannot be reached").contains("no migration has touched");
  }

  @Test
  void aRedisThatGivesNoAnswerIsNotTakenForOne() throws Exception {
    server.run(Services.stop(UNITS));
    redis("DEL", "switch");
    assertThat(refusal()).contains("it holds no switch").contains("was the standby");
    redis("SET", "switch", "false");
    redisIs("redis://redis:6379");
    assertThat(refusal()).contains("it says 'NOAUTH");
    redisIs("redis://:wrong@redis:6379");
    assertThat(refusal()).contains("it says 'WRONGPASS");
    redisIs("rediss://redis:6380");
    assertThat(refusal()).contains("the guard does not speak TLS");
    redisIs("redis://production:22");
    assertThat(refusal()).contains("it does not speak as Redis does");
    redisIs("redis://default:%s@redis:6379/1".formatted(PASSWORD));
    assertThat(refusal()).contains("it holds no switch");
    redisIs("redis://default:%s@redis".formatted(PASSWORD));
    assertThat(production.inside("/opt/migration-monkey/guard web.service"))
        .contains("Redis says that production, this server, is active");
  }

  @Test
  void theMigratorStartsAStandbyBeforeTheSwitchAndNotOnceItHasMovedElsewhere() throws Exception {
    redis("SET", "switch", "true");
    server.run(Services.stop(UNITS));
    assertThat(refusal()).contains("Redis says that backup is active (epoch 7)");

    server.run(Services.start(UNITS, 7, SOON));
    assertThat(states()).containsExactly("active enabled", "active enabled");

    server.run(Services.stop(UNITS));
    redis("HSET", "switch:record", "epoch", "8");
    assertThatThrownBy(() -> server.run(Services.start(UNITS, 7, SOON)))
        .isInstanceOf(RemoteCommandFailed.class)
        .hasMessageContaining("the boot guard does not let db@main.service start")
        .hasMessageContaining("Redis says that backup is active (epoch 8)");
  }

  @Test
  void anOrderedStartDoesNotWaitForARedisThatIsAway() throws Exception {
    redisIs("redis://redis:1");
    server.run(Services.stop(UNITS));
    long before = System.nanoTime();
    server.run(Services.start(UNITS, 7, SOON));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
    assertThat(states()).containsExactly("active enabled", "active enabled");
  }

  @Test
  void theGuardStandsBeforeTheListedUnitsAloneAndGoesWithItself() {
    String dropIns = "ls -d /etc/systemd/system/*.service.d 2>/dev/null || true";
    production.inside("mkdir -p /etc/systemd/system/web.service.d");
    production.put("/etc/systemd/system/web.service.d/own.conf", "[Service]\nNice=1\n");
    server.run(new Guard(List.of("db@main.service")));
    assertThat(production.inside(dropIns)).contains("db@main", "web");
    assertThat(production.inside("ls /etc/systemd/system/web.service.d").strip())
        .isEqualTo("own.conf");
    production.inside("mv /opt/migration-monkey/guard /opt/migration-monkey/aside");
    assertThat(server.run(new Guard(UNITS))).isFalse();
    assertThat(production.inside(dropIns)).doesNotContain("db@main");
    production.inside("mv /opt/migration-monkey/aside /opt/migration-monkey/guard");
    assertThat(server.run(new Guard(UNITS))).isTrue();
    assertThat(server.run(new Guard(UNITS))).isTrue();
    assertThat(production.inside("cat /etc/systemd/system/db@main.service.d/*"))
        .contains("ExecCondition=+/opt/migration-monkey/guard %n");
  }

  private static void powerCut() {
    server.close();
    production.powerCut();
    server = production.connect();
  }

  private static String refusal() {
    return production.inside("! /opt/migration-monkey/guard web.service");
  }

  private static List<String> states() {
    return server.run(new Services.States(UNITS));
  }

  private static String journal() {
    return production.inside("journalctl --boot --no-pager --output=cat -u web -u db@main");
  }

  private static void redisIs(String url) {
    production.put(
        "/etc/migration-monkey/guard.conf",
        "server=production\nredis=%s\npatience=1\n".formatted(url));
  }

  private static void redis(String... words) throws Exception {
    String[] command = new String[words.length + 4];
    System.arraycopy(
        new String[] {"redis-cli", "-a", DECODED, "--no-auth-warning"}, 0, command, 0, 4);
    System.arraycopy(words, 0, command, 4, words.length);
    assertThat(redis.execInContainer(command).getExitCode()).isZero();
  }
}
