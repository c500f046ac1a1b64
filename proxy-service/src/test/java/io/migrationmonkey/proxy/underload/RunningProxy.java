package io.migrationmonkey.proxy.underload;

import io.migrationmonkey.access.TestTokens;
import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The proxy as a process of its own, with the flags of its image, but quicker to start. */
final class RunningProxy implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  // Where other things are built at the same time, a start takes that long.
  private static final Duration START = Duration.ofMinutes(9);

  private final Process process;
  private final Path log;
  final int port;
  private final int management;

  private RunningProxy(Process process, Path log, int port, int management) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.management = management;
  }

  /** Starts it and waits until it has a route. */
  static RunningProxy start(
      String name, int port, String redis, Application application, Path directory, String... more)
      throws IOException {
    int management = freePort();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("java.options").toAbsolutePath());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.migrationmonkey.proxy.ProxyApplication",
            "--server.port=" + management,
            "--monkey.proxy.name=" + name,
            "--monkey.traffic.port=" + port,
            "--monkey.access.tokens=" + TestTokens.in(directory),
            "--monkey.snapshot.file=" + directory.resolve("route.json"),
            "--monkey.upstreams.production=" + application.address(ServerName.PRODUCTION),
            "--monkey.upstreams.backup=" + application.address(ServerName.BACKUP),
            "--spring.data.redis.url=" + redis));
    command.addAll(List.of(more));
    Path log = Files.createTempFile(directory, name, ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    RunningProxy proxy = new RunningProxy(process, log, port, management);
    try {
      Awaitility.await().atMost(START).until(() -> proxy.isReady());
    } catch (RuntimeException e) {
      proxy.close();
      throw new IllegalStateException(proxy.log(), e);
    }
    return proxy;
  }

  private boolean isReady() throws Exception {
    if (!process.isAlive()) {
      throw new IllegalStateException("the proxy ended: " + log());
    }
    try {
      return HTTP.send(request("/actuator/health"), BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  String get(String path) {
    try {
      return HTTP.send(request(path), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(management, path)))
        .timeout(Duration.ofSeconds(10))
        .header("Authorization", TestTokens.bearer(TestTokens.VIEWING))
        .build();
  }

  /** The value of a line of the metrics, such as {@code monkey_switch_connected}. */
  double metric(String line) {
    return get("/actuator/prometheus")
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no metric " + line));
  }

  /** Resident memory in MiB. */
  double megabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(each -> each.startsWith("VmRSS:"))
        .mapToDouble(each -> Double.parseDouble(each.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Tells it to stop, as systemd and Docker do, and waits until it has. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the proxy did not stop: " + log());
    }
  }

  static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
