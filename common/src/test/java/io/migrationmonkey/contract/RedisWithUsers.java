package io.migrationmonkey.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Redis 7 with the users that an installation has: this machine's own redis-server where it is
 * new enough, or else the container image that the stack uses.
 */
public final class RedisWithUsers implements AutoCloseable {

  private static final Path TEMPLATE = Path.of("..", "deploy", "redis", "users.acl.template");
  private static final Pattern PASSWORD = Pattern.compile("#@([^@]+)@");
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.");

  private final int port;
  private final Process process;

  private RedisWithUsers(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /**
   * @param directory for its files
   * @param options of redis-server besides
   */
  public static RedisWithUsers started(Path directory, String... options) {
    try {
      int port = freePort();
      Path users = Files.writeString(directory.resolve("users.acl"), users());
      Process process =
          new ProcessBuilder(command(port, directory, users, options))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("redis.log").toFile())
              .start();
      RedisWithUsers redis = new RedisWithUsers(port, process);
      redis.awaitStarted(directory.resolve("redis.log"));
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(int port, Path directory, Path users, String... options)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (!hasItsOwn()) {
      // At the same addresses and paths, as root: the files are the tests' own.
      command.addAll(List.of("docker", "run", "--rm", "--network", "host"));
      command.addAll(List.of("--volume", "%1$s:%1$s:ro".formatted(directory.toAbsolutePath())));
      command.addAll(List.of("--entrypoint", "redis-server", "redis:7"));
    } else {
      command.add("redis-server");
    }
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--aclfile", users.toAbsolutePath().toString()));
    command.addAll(List.of("--save", "", "--appendonly", "no"));
    command.addAll(List.of(options));
    return command;
  }

  private static boolean hasItsOwn() throws IOException {
    try {
      Process asked = new ProcessBuilder("redis-server", "--version").start();
      String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return VERSION
          .matcher(said)
          .results()
          .anyMatch(version -> Integer.parseInt(version.group(1)) >= 7);
    } catch (IOException none) {
      return false;
    }
  }

  private static String users() throws IOException {
    try (Stream<String> lines = Files.lines(TEMPLATE)) {
      return PASSWORD
          .matcher(
              lines
                  .filter(line -> line.startsWith("user "))
                  .collect(Collectors.joining("\n", "", "\n")))
          .replaceAll(user -> "#" + digest(password(user.group(1))));
    }
  }

  /** The users there are, but for the one that everybody is who does not say who he is. */
  public static List<String> names() throws IOException {
    return PASSWORD
        .matcher(Files.readString(TEMPLATE))
        .results()
        .map((MatchResult user) -> user.group(1))
        .toList();
  }

  public static String password(String user) {
    return "password-of-" + user;
  }

  /** As that user. */
  public String uri(String user) {
    return "redis://%s:%s@127.0.0.1:%d".formatted(user, password(user), port);
  }

  public int port() {
    return port;
  }

  private void awaitStarted(Path log) throws IOException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline && process.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        socket.setSoTimeout(1000);
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        // Whoever says nothing of himself is nobody.
        if (new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII)
            .equals("-NOAUTH")) {
          return;
        }
      } catch (IOException notYet) {
        // Once more, below.
      }
      LockSupport.parkNanos(50_000_000);
    }
    close();
    throw new IllegalStateException("Redis did not start: " + Files.readString(log));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  /** A port that nobody has just now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String digest(String password) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
