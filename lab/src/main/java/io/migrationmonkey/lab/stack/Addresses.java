package io.migrationmonkey.lab.stack;

import io.migrationmonkey.contract.ServerName;
import java.util.Map;

/**
 * Where the stack answers on this machine, as docker-compose.yml publishes it.
 *
 * @param project the compose project
 * @param traffic the proxy's port for the application's traffic
 * @param proxy the proxy's management port
 * @param production the application on production, not through the proxy
 * @param productionDatabase PostgreSQL on production, where that is the application
 */
public record Addresses(
    String project,
    int traffic,
    int proxy,
    int migrator,
    int prometheus,
    int grafana,
    int redis,
    int productionMonitor,
    int backupMonitor,
    int production,
    int backup,
    int productionDatabase,
    int backupDatabase) {

  public static final String HOST = "127.0.0.1";

  /**
   * Reads {@code MONKEY_PROJECT} and the {@code MONKEY_…_PORT} variables.
   *
   * @throws IllegalArgumentException where one is not a port, naming it
   */
  public static Addresses of(Map<String, String> environment) {
    return new Addresses(
        environment.getOrDefault("MONKEY_PROJECT", "migration-monkey"),
        port(environment, "MONKEY_TRAFFIC_PORT", 8080),
        port(environment, "MONKEY_PROXY_PORT", 8090),
        port(environment, "MONKEY_MIGRATOR_PORT", 8081),
        port(environment, "MONKEY_PROMETHEUS_PORT", 9090),
        port(environment, "MONKEY_GRAFANA_PORT", 3000),
        port(environment, "MONKEY_REDIS_PORT", 6379),
        port(environment, "MONKEY_PRODUCTION_MONITOR_PORT", 8082),
        port(environment, "MONKEY_BACKUP_MONITOR_PORT", 8083),
        port(environment, "MONKEY_PRODUCTION_PORT", 8001),
        port(environment, "MONKEY_BACKUP_PORT", 8002),
        port(environment, "MONKEY_PRODUCTION_DATABASE_PORT", 8003),
        port(environment, "MONKEY_BACKUP_DATABASE_PORT", 8004));
  }

  public int application(ServerName server) {
    return server == ServerName.PRODUCTION ? production : backup;
  }

  public int database(ServerName server) {
    return server == ServerName.PRODUCTION ? productionDatabase : backupDatabase;
  }

  public int monitor(ServerName server) {
    return server == ServerName.PRODUCTION ? productionMonitor : backupMonitor;
  }

  private static int port(Map<String, String> environment, String name, int usual) {
    String text = environment.getOrDefault(name, "");
    if (text.isBlank()) {
      return usual;
    }
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65535) {
      throw new IllegalArgumentException(
          "%s is '%s'; a port from 1 to 65535 is allowed".formatted(name, text));
    }
    return Integer.parseInt(text);
  }
}
