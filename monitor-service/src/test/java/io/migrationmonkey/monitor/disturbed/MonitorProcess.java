package io.migrationmonkey.monitor.disturbed;

import static org.awaitility.Awaitility.await;

import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.monitor.memory.FakeServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A monitor that runs as a process, on a server of files, and can be killed and frozen. */
final class MonitorProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path log;
  private final int port = freePort();
  private final List<String> command;
  private Process process;

  MonitorProcess(Path folder, String redis, String migrator) {
    this.folder = folder;
    this.log = folder.resolve("monitor.log");
    new FakeServer(folder);
    Path token =
        TestTokens.write(folder.resolve("migrator-token"), TestTokens.MONITOR, "rw-------");
    command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(MonitorOfFiles.class.getName());
    command.add(folder.toString());
    command.addAll(
        List.of(
            "--server.port=" + port,
            "--spring.data.redis.url=" + redis,
            "--monkey.server=production",
            "--monkey.access.tokens=" + TestTokens.in(folder),
            "--monkey.migrator.url=" + migrator,
            "--monkey.migrator.token-file=" + token,
            "--monkey.migrator.answer-timeout=1s",
            "--monkey.memory.period=100ms",
            "--monkey.pressure.sustained=500ms"));
  }

  /** Starts it and waits until it watches. */
  void start() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> says("/actuator/prometheus", "monkey_redis_connected", "1.0"));
  }

  /** Of a limit of 1000 MiB; in one move, as the kernel has it. */
  void uses(long mebibytes) {
    Path usage = folder.resolve("sys/fs/cgroup/memory/memory.usage_in_bytes");
    try {
      write("sys/fs/cgroup/memory/memory.limit_in_bytes", 1000L << 20);
      write("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 0\n");
      write(folder.relativize(usage).toString(), mebibytes << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String path, long number) throws IOException {
    write(path, number + "\n");
  }

  private void write(String path, String text) throws IOException {
    Path beside = Files.writeString(folder.resolve("new"), text);
    Files.move(
        beside,
        folder.resolve(path),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -%s: %d".formatted(name, code));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What it says of its memory and its order. */
  String memory() {
    return get("/api/memory");
  }

  /** What it shows to Prometheus in the first line that begins so; NaN where there is none. */
  double metric(String beginning) {
    return get("/actuator/prometheus")
        .lines()
        .filter(line -> line.startsWith(beginning))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Since a place in the log. */
  String logSince(int place) {
    return log().substring(place);
  }

  private boolean says(String path, String beginning, String end) {
    return Arrays.stream(get(path).split("\n"))
        .anyMatch(line -> line.startsWith(beginning) && line.endsWith(end));
  }

  private String get(String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(10))
                  .header("Authorization", TestTokens.bearer(TestTokens.VIEWING))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
