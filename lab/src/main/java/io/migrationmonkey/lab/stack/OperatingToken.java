package io.migrationmonkey.lab.stack;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The token that lets us operate the stack, fetched when it is first needed. */
public final class OperatingToken {

  private static final String FILE = "/etc/migration-monkey/token.operating";

  private final Containers containers;
  private volatile @Nullable String token;

  private OperatingToken(Containers containers, @Nullable String token) {
    this.containers = containers;
    this.token = token;
  }

  /**
   * @param given what MONKEY_TOKEN says; empty: the one that provisioning left beside the migrator's
   *     settings
   */
  static OperatingToken of(Containers containers, String given) {
    return new OperatingToken(containers, given.isBlank() ? null : given.strip());
  }

  /** What goes into an Authorization header. */
  String bearer() throws IOException {
    String known = token;
    if (known == null) {
      known = fetch();
      token = known;
    }
    return "Bearer " + known;
  }

  /** A file for {@code curl --header @FILE}, so that no list of processes shows the token. */
  public Path headerFile() throws IOException {
    Path file = Files.createTempFile("monkey-header", "");
    file.toFile().deleteOnExit();
    return Files.writeString(file, "Authorization: " + bearer());
  }

  /** Copied rather than asked for: the migrator may be down just now. */
  private String fetch() throws IOException {
    Path folder = Files.createTempDirectory("monkey-token");
    Path copy = folder.resolve("token");
    try {
      Command.of("docker", "cp", containers.name("migrator") + ":" + FILE, copy.toString()).run();
      return Files.readString(copy).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the token was fetched");
    } finally {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(folder);
    }
  }
}
