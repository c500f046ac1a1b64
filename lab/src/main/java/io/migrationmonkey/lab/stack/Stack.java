package io.migrationmonkey.lab.stack;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.HttpConnection;
import io.migrationmonkey.lab.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The whole running stack. */
public record Stack(
    Addresses addresses,
    Containers containers,
    Secret token,
    Secret redisPassword,
    Migrations migrations) {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public static Stack of(Addresses addresses) {
    Containers containers = new Containers(addresses.project());
    Secret token =
        Secret.operatingToken(containers, System.getenv().getOrDefault("MONKEY_TOKEN", ""));
    return new Stack(
        addresses,
        containers,
        token,
        Secret.redisPassword(containers),
        new Migrations(Addresses.HOST, addresses.migrator(), token::bearer));
  }

  /**
   * Waits until everything that the demonstration needs answers.
   *
   * @throws IOException naming the first that does not, and where its log is
   */
  public void awaitReady(Duration bound) throws IOException, InterruptedException {
    awaitHealth("the proxy", addresses.proxy(), "proxy", bound);
    awaitHealth("the migrator", addresses.migrator(), "migrator", bound);
    for (ServerName server : ServerName.values()) {
      awaitHealth("the monitor on " + server, addresses.monitor(server), server.toString(), bound);
    }
    Patience.until(
        "both monitors to report to Redis (a monitor's log: docker exec %s journalctl -u"
                .formatted(containers.name("production"))
            + " migration-monkey-monitor)",
        bound,
        () -> memory().size() == 2 ? Optional.of(true) : Optional.empty());
    Patience.until(
        "the application to answer through the proxy (log: %s)".formatted(log("proxy")),
        bound,
        () ->
            get(addresses.traffic(), "/health").status() == 200
                ? Optional.of(true)
                : Optional.empty());
  }

  /** Waits until the migrator answers again. */
  public void awaitMigrator(Duration bound) throws IOException, InterruptedException {
    awaitHealth("the migrator", addresses.migrator(), "migrator", bound);
  }

  /** The latest reports of the monitors that are reporting. */
  public Map<ServerName, MonitorReport> memory() throws IOException {
    Map<ServerName, MonitorReport> reports = new EnumMap<>(ServerName.class);
    try (RedisConnection redis = redis()) {
      for (ServerName server : ServerName.values()) {
        String report = redis.call("GET", MonitorReport.key(server));
        if (report != null) {
          reports.put(server, Wire.read(report, MonitorReport.class));
        }
      }
    }
    return reports;
  }

  /** The epoch of the switch record. */
  public long epoch() throws IOException {
    try (RedisConnection redis = redis()) {
      String epoch = redis.call("HGET", SwitchKey.RECORD, "epoch");
      if (epoch == null) {
        throw new IOException(SwitchKey.RECORD + " has no epoch: the migrator has not set it yet");
      }
      return Long.parseLong(epoch);
    }
  }

  /** Redis, as its administrator. */
  public RedisConnection redis() throws IOException {
    return RedisConnection.open(
        Addresses.HOST, addresses.redis(), TIMEOUT, "admin", redisPassword.value());
  }

  /** A single GET, on a connection of its own, by nobody in particular. */
  public Answer get(int port, String path) throws IOException {
    try (HttpConnection connection = new HttpConnection(Addresses.HOST, port)) {
      return connection.send(Request.get(path), TIMEOUT);
    }
  }

  /** The same of one of our services, with our token. */
  public Answer ask(int port, String path) throws IOException {
    try (HttpConnection connection = new HttpConnection(Addresses.HOST, port)) {
      return connection.send(Request.get(path).with("Authorization", token.bearer()), TIMEOUT);
    }
  }

  /** The command that shows a service's log. */
  public String log(String service) throws IOException, InterruptedException {
    return "docker logs " + containers.name(service);
  }

  private void awaitHealth(String who, int port, String service, Duration bound)
      throws IOException, InterruptedException {
    Patience.until(
        "%s to be healthy on port %d (log: %s)".formatted(who, port, log(service)),
        bound,
        () -> {
          Answer answer = get(port, "/actuator/health");
          if (answer.status() != 200) {
            throw new IOException("/actuator/health says " + answer);
          }
          return Optional.of(answer);
        });
  }
}
