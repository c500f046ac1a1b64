package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.running.RunningStack;
import io.migrationmonkey.lab.stack.Command;
import io.migrationmonkey.lab.stack.Patience;
import io.migrationmonkey.lab.stack.RedisConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Where a fault strikes: the stack, and which server the migration leaves for which. */
final class Site {

  private static final String DATA = "/var/lib/guestbook";

  /** How the faults on a server are undone; each does no harm where there is none. */
  static final String UNMOUNT =
      "for path in /var/cache/apt/archives %s; do while mountpoint -q $path; do umount -l $path; done; done"
          .formatted(DATA);

  static final String FREE_PORT = "systemctl stop squatter 2>/dev/null || true";

  static final String UNHANG =
      "if [ -d /run/systemd/system/guestbook.service.d ]; then rm -r /run/systemd/system/guestbook.service.d; systemctl daemon-reload; fi";

  static final String START_SSHD = "systemctl reset-failed ssh; systemctl start ssh";

  private static final Duration STARTED = Duration.ofSeconds(90);

  private final RunningStack running;
  private final ServerName from;
  private final Process migrator;
  private final Process redis;

  private Site(RunningStack running, ServerName from) throws Exception {
    this.running = running;
    this.from = from;
    this.migrator = Process.of(running, "migrator");
    this.redis = Process.of(running, "redis");
  }

  /** The stack as it stands now; what is needed to strike quickly is looked up beforehand. */
  static Site now(RunningStack running, ServerName active) throws Exception {
    return new Site(running, active);
  }

  ServerName from() {
    return from;
  }

  ServerName to() {
    return from.other();
  }

  /** The first process of a container, as this machine knows it. */
  private record Process(RunningStack running, String service, long pid) {

    static Process of(RunningStack running, String service) throws Exception {
      String name = running.stack.containers().name(service);
      String pid = Command.of("docker", "inspect", "--format", "{{.State.Pid}}", name).run();
      return new Process(running, service, Long.parseLong(pid.strip()));
    }

    /** From outside the engine, which takes it for a crash and starts it again. */
    void kill() throws Exception {
      Optional<ProcessHandle> handle = pid > 1 ? ProcessHandle.of(pid) : Optional.empty();
      if (handle.isPresent() && handle.get().destroyForcibly()) {
        handle.get().onExit().get(10, TimeUnit.SECONDS);
        return;
      }
      // The engine runs on another machine, or belongs to somebody else.
      running.stack.containers().kill(service);
      running.stack.containers().start(service);
    }
  }

  // --- What makes a step last.

  /** Data that the other server can't have yet. */
  void addData() throws Exception {
    running.shell(
        from,
        "dd if=/dev/urandom of=%1$s/bulk.bin bs=1M count=128 conv=fsync status=none; dd of=%1$s/bulk.bin oflag=nocache conv=notrunc,fdatasync count=0 status=none; chown guestbook: %1$s/bulk.bin"
            .formatted(DATA));
  }

  void removePackages() throws Exception {
    running.shell(
        to(),
        "DEBIAN_FRONTEND=noninteractive apt-get purge -y -q sqlite3 python3-bleach python3-markdown >/dev/null");
  }

  // --- The migrator and its lease.

  void killMigrator() throws Exception {
    migrator.kill();
  }

  void startSecondMigrator() throws Exception {
    Compose.up("migrator-2");
    Patience.until(
        "the second migrator to be healthy",
        STARTED,
        () ->
            Optional.of(
                    Command.of(
                            "docker",
                            "inspect",
                            "--format",
                            "{{.State.Health.Status}}",
                            running.stack.containers().name("migrator-2"))
                        .run()
                        .strip())
                .filter("healthy"::equals));
    restartPolicy("migrator", "no");
  }

  void killMigratorForGood() throws Exception {
    migrator.kill();
  }

  void startMigrator() throws Exception {
    restartPolicy("migrator", "unless-stopped");
    running.stack.containers().start("migrator");
  }

  void takeLease() throws Exception {
    try (RedisConnection connection = running.stack.redis()) {
      String token = connection.call("INCR", "migration:token");
      connection.call("SET", "migration:lease", token + " somebody-else", "PX", "3000");
    }
  }

  // --- SSH and the network.

  void killSshd(ServerName server) throws Exception {
    running.shell(server, "pkill -KILL -x sshd");
  }

  void stopSshd(ServerName server) throws Exception {
    running.shell(server, "systemctl stop ssh; pkill -KILL -x sshd || true");
  }

  void startSshd(ServerName server) throws Exception {
    running.shell(server, START_SSHD);
  }

  void cutNetwork() throws Exception {
    String other = address(from);
    inNetworkOf(to(), "-I", "INPUT", "-s", other, "-j", "DROP");
    inNetworkOf(to(), "-I", "OUTPUT", "-d", other, "-j", "DROP");
  }

  void mendNetwork() throws Exception {
    for (ServerName server : ServerName.values()) {
      inNetworkOf(server, "-F");
    }
  }

  private String address(ServerName server) throws Exception {
    return Command.of(
            "docker",
            "inspect",
            "--format",
            "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
            running.stack.containers().name(server.toString()))
        .run()
        .strip();
  }

  private void inNetworkOf(ServerName server, String... rule) throws Exception {
    Process init = Process.of(running, server.toString());
    List<String> words =
        new ArrayList<>(List.of("nsenter", "-t", Long.toString(init.pid()), "-n", "iptables"));
    words.addAll(List.of(rule));
    new Command(Duration.ofSeconds(20), words).run();
  }

  // --- The standby's disk.

  void fillPackageCache() throws Exception {
    running.shell(to(), "mount -t tmpfs -o size=64k tmpfs /var/cache/apt/archives");
  }

  /**
   * The stop on the source leaves more data, and lasts, so that the disk is full before it moves.
   */
  void smallDiskForData() throws Exception {
    running.shell(
        from,
        "rm -f /run/disk-is-full; mkdir -p /run/systemd/system/guestbook.service.d; printf '[Service]\\nExecStopPost=-/bin/sh -c \"head -c 16M /dev/urandom > %s/later.bin; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -e /run/disk-is-full ] && break; sleep 0.5; done\"\\n' > /run/systemd/system/guestbook.service.d/lasts.conf; systemctl daemon-reload"
            .formatted(DATA));
    running.shell(
        to(),
        "mkdir -p %1$s; mount -t tmpfs -o size=300m tmpfs %1$s; chown guestbook: %1$s"
            .formatted(DATA));
  }

  /** Makes the disk as large as what is on it now, and more comes. */
  void fillDataDisk() throws Exception {
    running.shell(from, "head -c 2M /dev/urandom > %1$s/late.bin".formatted(DATA));
    running.shell(
        to(),
        "for i in $(seq 50); do used=$(df -k --output=used %1$s | tail -n 1); mount -o remount,size=$((used + 4))k %1$s 2>/dev/null && exit 0; done; exit 1"
            .formatted(DATA));
    running.shell(from, "touch /run/disk-is-full");
  }

  void unmount() throws Exception {
    running.shell(to(), UNMOUNT);
    running.shell(from, UNHANG);
  }

  // --- The application on the standby.

  void takePort() throws Exception {
    running.shell(
        to(), "systemd-run --quiet --unit=squatter python3 -m http.server 80 --directory /run");
  }

  void freePort() throws Exception {
    running.shell(to(), FREE_PORT);
  }

  void hangApplication() throws Exception {
    running.shell(
        to(),
        "mkdir -p /run/systemd/system/guestbook.service.d; printf '[Service]\\nType=exec\\nExecStart=\\nExecStart=/bin/sleep infinity\\n' > /run/systemd/system/guestbook.service.d/hangs.conf; systemctl daemon-reload");
  }

  void unhangApplication() throws Exception {
    running.shell(to(), UNHANG);
  }

  // --- Redis.

  void killRedis() throws Exception {
    redis.kill();
  }

  void emptyRedis() throws Exception {
    try (RedisConnection connection = running.stack.redis()) {
      connection.call("FLUSHALL");
    }
  }

  /**
   * What a person does: looks where the proxy sends the traffic, and says so; once more where it is
   * refused because a migration is still under way.
   */
  void restoreSwitch() throws Exception {
    Patience.until("PUT /api/switch to be taken", STARTED, () -> Optional.of(putSwitch()));
  }

  private Answer putSwitch() throws IOException {
    String body =
        Wire.write(
            Map.of(
                "active",
                Serving.look(running.stack).route(),
                "reason",
                "Redis was empty: as the proxy has it"));
    Answer answer =
        running
            .stack
            .migrations()
            .send(
                new Request(
                    "PUT", "/api/switch", Map.of("Content-Type", "application/json"), body));
    if (answer.status() / 100 != 2) {
      throw new IOException("%s was answered with %s".formatted(body, answer));
    }
    return answer;
  }

  // --- The reboot.

  void letSourceStayDown() throws Exception {
    restartPolicy(from.toString(), "no");
  }

  void startSource() throws Exception {
    restartPolicy(from.toString(), "unless-stopped");
    running.stack.containers().start(from.toString());
    Patience.until(
        from + " to be readmitted",
        STARTED,
        () -> {
          try (RedisConnection connection = running.stack.redis()) {
            boolean fenced =
                "1".equals(connection.call("EXISTS", "server:%s:fenced".formatted(from)));
            return fenced ? Optional.empty() : Optional.of(true);
          }
        });
  }

  private void restartPolicy(String service, String policy) throws Exception {
    Command.of("docker", "update", "--restart=" + policy, running.stack.containers().name(service))
        .run();
  }
}
