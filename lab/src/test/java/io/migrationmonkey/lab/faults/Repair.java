package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.running.RunningStack;
import io.migrationmonkey.lab.stack.Command;
import io.migrationmonkey.lab.stack.CommandFailure;
import io.migrationmonkey.lab.stack.Containers;
import io.migrationmonkey.lab.stack.Patience;
import io.migrationmonkey.lab.stack.RedisConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes the stack well before a case, whatever the one before has left: a case that fails must not
 * spoil those that follow.
 */
final class Repair {

  private static final Duration UNFINISHED = Duration.ofSeconds(90);
  private static final Duration SERVING = Duration.ofSeconds(40);

  private static final String STOP = "systemctl disable --now nginx guestbook 2>/dev/null || true";

  private final RunningStack running;
  private final Containers containers;

  private Repair(RunningStack running) {
    this.running = running;
    this.containers = running.stack.containers();
  }

  static Repair of(RunningStack running) {
    return new Repair(running);
  }

  /** Does what is needed and returns the server that serves. */
  ServerName well() throws Exception {
    startAll();
    undoFaults();
    awaitNothingUnderWay();
    Optional<ServerName> one = Serving.look(running.stack).one();
    ServerName active = one.isPresent() ? one.get() : makeOneServe();
    running.shell(active.other(), STOP);
    running.stack.awaitReady(Duration.ofSeconds(120));
    return active;
  }

  private void startAll() throws Exception {
    removeSecondMigrator();
    for (String service : List.of("redis", "production", "backup", "migrator", "proxy")) {
      String name = containers.name(service);
      String state =
          Command.of(
                  "docker",
                  "inspect",
                  "--format",
                  "{{.HostConfig.RestartPolicy.Name}} {{.State.Status}}",
                  name)
              .run()
              .strip();
      if (!state.equals("unless-stopped running")) {
        Command.of("docker", "update", "--restart=unless-stopped", name).run();
        containers.start(service);
      }
    }
  }

  private void removeSecondMigrator() throws InterruptedException, CommandFailure {
    String name;
    try {
      name = containers.name("migrator-2");
    } catch (IOException none) {
      return;
    }
    Command.of("docker", "rm", "--force", name).run();
  }

  private void undoFaults() throws Exception {
    Site site = Site.now(running, ServerName.PRODUCTION);
    site.mendNetwork();
    for (ServerName server : ServerName.values()) {
      running.shell(
          server, String.join("; ", Site.UNMOUNT, Site.FREE_PORT, Site.UNHANG, Site.START_SSHD));
    }
  }

  private void awaitNothingUnderWay() throws Exception {
    try {
      Patience.until(
          "no migration to be under way",
          UNFINISHED,
          () -> {
            try (RedisConnection redis = running.stack.redis()) {
              boolean idle =
                  "0".equals(redis.call("EXISTS", "migrations:unfinished", "migration:lease"));
              return idle ? Optional.of(true) : Optional.empty();
            }
          });
    } catch (IOException stuck) {
      try (RedisConnection redis = running.stack.redis()) {
        redis.call("DEL", "migrations:unfinished", "migration:lease", SwitchKey.HOLD);
      }
      Command.of("docker", "restart", containers.name("migrator")).run();
    }
  }

  /** As a person would who has given up on finding out why. */
  private ServerName makeOneServe() throws Exception {
    ServerName active;
    try (RedisConnection redis = running.stack.redis()) {
      String value = redis.call("GET", SwitchKey.SWITCH);
      if (value == null) {
        String route = Serving.look(running.stack).route();
        active = route.equals("none") ? ServerName.PRODUCTION : ServerName.of(route);
        redis.call("SET", SwitchKey.SWITCH, SwitchKey.valueFor(active));
        if (redis.call("HGET", SwitchKey.RECORD, "epoch") == null) {
          redis.call("HSET", SwitchKey.RECORD, "active", active.toString(), "epoch", "1000");
        }
      } else {
        active = SwitchKey.active(value);
      }
    }
    try (RedisConnection redis = running.stack.redis()) {
      redis.call("DEL", "server:production:fenced", "server:backup:fenced");
    }
    running.shell(active.other(), STOP);
    running.shell(active, "systemctl enable --now guestbook nginx");
    Patience.until(
        "one server to serve after a repair by hand",
        SERVING,
        () -> Serving.look(running.stack).one());
    return active;
  }
}
