package io.migrationmonkey.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.application.DataSet;
import io.migrationmonkey.migrator.application.DigestData;
import io.migrationmonkey.migrator.ssh.DebianServer;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The whole service warms a real Debian server from another one, and gives way to an order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WarmStandbyIT {

  private static final List<String> DATA = List.of("/srv/book", "/etc/systemd/system/book.service");

  @TempDir static Path folder;
  private static RealRedis redis;
  private static DebianServer production;
  private static DebianServer backup;
  private static RemoteServer active;
  private static RemoteServer standby;
  private static ConfigurableApplicationContext service;
  private static int port;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    redis = RealRedis.started();
    Path own = Files.createDirectory(folder.resolve("production"));
    production = DebianServer.started(ServerName.PRODUCTION, own);
    backup =
        DebianServer.started(ServerName.BACKUP, Files.createDirectory(folder.resolve("backup")));
    active = production.connect();
    standby = backup.connect();
    for (DebianServer server : List.of(production, backup)) {
      server.inside(
          "apt-get update -qq && DEBIAN_FRONTEND=noninteractive"
              + " apt-get install -qq -y --no-install-recommends rsync python3-minimal >/dev/null");
    }
    production.put(
        "/etc/systemd/system/book.service",
        """
        [Service]
        User=book
        ExecStart=/bin/sleep infinity
        [Install]
        WantedBy=multi-user.target
        """);
    production.inside(
        """
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends sqlite3 >/dev/null
        useradd --system --uid 7300 --user-group book
        mkdir -p /srv/book && cd /srv/book
        for i in $(seq 500); do echo "page $i" >"page $i"; done
        chown -R book:book .
        systemctl daemon-reload && systemctl enable --now --quiet book.service
        """);
    letIn(own.resolve("id_ed25519"));
    service =
        SpringApplication.run(
            MigratorApplication.class,
            "--server.port=0",
            "--spring.data.redis.url=" + redis.uri(),
            "--monkey.access.tokens=" + TestTokens.in(folder),
            "--monkey.state-directory=" + folder,
            "--monkey.servers.production.address=" + address(production),
            "--monkey.servers.backup.address=" + address(backup),
            "--monkey.ssh.key=" + own.resolve("id_ed25519"),
            "--monkey.ssh.known-hosts=" + knownHosts(),
            "--monkey.warm.every=off",
            "--monkey.migration.drain-timeout=3s",
            "--monkey.application.name=book",
            "--monkey.application.services[0]=book.service",
            "--monkey.application.data[0]=" + DATA.get(0),
            "--monkey.application.data[1]=" + DATA.get(1));
    port = Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    StringRedisTemplate template = service.getBean(StringRedisTemplate.class);
    for (ServerName name : ServerName.values()) {
      MonitorReport calm =
          new MonitorReport(
              name, "boot", 8L << 30, 1L << 30, MonitorReport.Verdict.CALM, "", Instant.now());
      template.opsForValue().set(MonitorReport.key(name), Wire.write(calm));
    }
    // A proxy that never drains: no migration here comes past its hold.
    ProxyReport busy =
        new ProxyReport("p1", ServerName.PRODUCTION, 1, null, 1, 0, 0, 0, Instant.now());
    template.opsForValue().set(ProxyReport.key("p1"), Wire.write(busy));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> "false".equals(template.opsForValue().get("switch")));
  }

  @AfterAll
  static void stop() {
    service.close();
    active.close();
    standby.close();
    production.close();
    backup.close();
    redis.close();
  }

  @Test
  @Order(1)
  void aLookNamesWhatTheStandbyLacks() throws Exception {
    assertThat(get("/api/parity?refresh=true"))
        .contains("\"ready\":false")
        .contains("packages missing on backup")
        .contains("no complete copy of the data");
    assertThat(get("/api/servers"))
        .contains("\"role\":\"active\"")
        .contains("\"book.service\":\"active enabled\"")
        .contains("\"reachable\":true")
        .contains(production.inside("cat /proc/sys/kernel/random/boot_id").strip())
        .contains("\"verdict\":\"calm\"")
        .doesNotContain("\"reachable\":false");
  }

  @Test
  @Order(2)
  void aWarmRunBringsPackagesAndDataAndStartsNothing() throws Exception {
    post("/api/parity/warm", "");
    String parity = awaitWarm("complete");
    assertThat(parity).contains("\"ready\":true").contains("\"missing\":[]");
    DigestData digest = new DigestData(DataSet.of("/srv/book"), Duration.ofMinutes(1));
    assertThat(standby.run(digest)).isEqualTo(active.run(digest));
    assertThat(backup.inside("stat -c %U:%u '/srv/book/page 7'").strip()).isEqualTo("book:7300");
    assertThat(backup.inside("dpkg-query -Wf '${Status}' sqlite3")).contains("ok installed");
    assertThat(backup.inside("systemctl is-active book.service || true").strip())
        .isEqualTo("inactive");
    assertThat(production.inside("systemctl is-active book.service").strip()).isEqualTo("active");
  }

  @Test
  @Order(3)
  void anApplicationThatRunsOnTheStandbyIsNotCopiedUnder() throws Exception {
    backup.inside("systemctl daemon-reload; systemctl start book.service");
    production.inside("echo new >/srv/book/new");
    post("/api/parity/warm", "");
    assertThat(awaitWarm("failed"))
        .contains("book.service runs on backup already")
        .contains("\"ready\":false");
    assertThat(backup.inside("ls /srv/book | grep -cx new || true").strip()).isEqualTo("0");
    backup.inside("systemctl stop book.service");
  }

  @Test
  @Order(4)
  void anOrderStopsAWarmCopyAndTheMigrationStumblesOverNothing() throws Exception {
    production.inside("truncate -s 2G /srv/book/large; chown book: /srv/book/large");
    post("/api/parity/warm", "");
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() ->
            production
                .inside("systemctl is-active migration-monkey-push.service || true")
                .strip()
                .equals("active"));

    String id = migrate();

    awaitWarm("preempted");
    assertThat(migrated(id, "COPY_DATA")).contains("\"name\":\"HOLD_TRAFFIC\"");
    assertThat(
            production.inside("systemctl is-active migration-monkey-push.service || true").strip())
        .isEqualTo("inactive");
    production.inside("rm /srv/book/large");
  }

  @Test
  @Order(5)
  void anOrderDoesNotCutAnInstallation() throws Exception {
    production.inside(
        "DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends nginx >/dev/null");
    post("/api/parity/warm", "");
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() ->
            backup
                .inside(
                    "flock -n /run/migration-monkey-packages.lock true && echo free || echo held")
                .strip()
                .equals("held"));

    String id = migrate();

    awaitWarm("preempted");
    assertThat(migrated(id, "INSTALL_PACKAGES")).contains("\"name\":\"COPY_DATA\"");
    assertThat(backup.inside("dpkg --audit")).isEmpty();
    assertThat(backup.inside("dpkg-query -Wf '${Status}' nginx")).contains("ok installed");
  }

  /** Orders one and sees that the answer comes as soon as it does without a warm run. */
  private String migrate() throws Exception {
    long asked = System.nanoTime();
    String answer = post("/api/migrations", "{\"reason\":\"give way\"}");
    assertThat(answer).contains("\"state\":\"RUNNING\"");
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
    return Wire.read(answer, Map.class).get("id").toString();
  }

  /** The migration's end, with that step done; the proxy that never drains makes it roll back. */
  private String migrated(String id, String done) throws Exception {
    String[] view = new String[1];
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> {
          view[0] = get("/api/migrations/" + id);
          return !view[0].contains("\"state\":\"RUNNING\"");
        });
    assertThat(view[0]).containsPattern("\"name\":\"%s\",\"outcome\":\"DONE\"".formatted(done));
    return view[0];
  }

  private String awaitWarm(String outcome) throws Exception {
    String[] parity = new String[1];
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          parity[0] = get("/api/parity");
          assertThat(parity[0]).contains("\"outcome\":\"%s\"".formatted(outcome));
        });
    return parity[0];
  }

  private String get(String path) throws Exception {
    return http.send(ours(path).build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  private String post(String path, String body) throws Exception {
    HttpResponse<String> response =
        http.send(
            ours(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return response.body();
  }

  private static HttpRequest.Builder ours(String path) {
    return HttpRequest.newBuilder(uri(path))
        .header("Authorization", TestTokens.bearer(TestTokens.OPERATING));
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
  }

  /** By which this machine and the other server reach it: published ports are this machine's. */
  private static String address(DebianServer server) {
    return server.inside("hostname -I").strip().split(" ")[0];
  }

  private static Path knownHosts() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (DebianServer server : List.of(production, backup)) {
      lines
          .append(address(server))
          .append(' ')
          .append(server.inside("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub"));
    }
    return Files.writeString(folder.resolve("known_hosts"), lines);
  }

  /** The service has one key for both. */
  private static void letIn(Path key) throws Exception {
    String half =
        new String(
            new ProcessBuilder("ssh-keygen", "-y", "-f", withMode600(key).toString())
                .start()
                .getInputStream()
                .readAllBytes(),
            java.nio.charset.StandardCharsets.UTF_8);
    backup.put("/root/migrator.pub", half);
    backup.inside("cat /root/migrator.pub >>/root/.ssh/authorized_keys");
  }

  private static Path withMode600(Path key) throws Exception {
    return Files.setPosixFilePermissions(
        key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }
}
