package io.migrationmonkey.lab.stack;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A secret that the stack made for itself, fetched when it is first needed. */
public final class Secret {

  private final Containers containers;
  private final String service;
  private final String path;
  private volatile @Nullable String value;

  private Secret(Containers containers, String service, String path, @Nullable String value) {
    this.containers = containers;
    this.service = service;
    this.path = path;
    this.value = value;
  }

  /**
   * The token that lets us operate the stack.
   *
   * @param given what MONKEY_TOKEN says; empty: the one that provisioning left beside the
   *     migrator's settings
   */
  static Secret operatingToken(Containers containers, String given) {
    return new Secret(
        containers,
        "migrator",
        "/etc/migration-monkey/token.operating",
        given.isBlank() ? null : given.strip());
  }

  /** The password of Redis' administrator: the tests also empty it. */
  static Secret redisPassword(Containers containers) {
    return new Secret(containers, "redis", "/passwords/admin", null);
  }

  String value() throws IOException {
    String known = value;
    if (known == null) {
      known = fetch();
      value = known;
    }
    return known;
  }

  /** What goes into an Authorization header. */
  String bearer() throws IOException {
    return "Bearer " + value();
  }

  /** A file for {@code curl --header @FILE}, so that no list of processes shows the token. */
  public Path headerFile() throws IOException {
    Path file = Files.createTempFile("monkey-header", "");
    file.toFile().deleteOnExit();
    return Files.writeString(file, "Authorization: " + bearer());
  }

  /** Copied rather than asked for: the service may be down just now. */
  private String fetch() throws IOException {
    Path folder = Files.createTempDirectory("monkey-secret");
    Path copy = folder.resolve("secret");
    try {
      Command.of("docker", "cp", containers.name(service) + ":" + path, copy.toString()).run();
      return Files.readString(copy).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a secret was fetched");
    } finally {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(folder);
    }
  }
}
