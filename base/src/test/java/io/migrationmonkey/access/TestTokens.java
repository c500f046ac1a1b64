package io.migrationmonkey.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The tokens of tests, and the file that makes a service know them. */
public final class TestTokens {

  public static final String VIEWING = "viewing-token-of-the-tests-0123456789";
  public static final String OPERATING = "operating-token-of-the-tests-01234567";
  public static final String MONITOR = "token-of-productions-monitor-01234567";

  public static final String TRIGGER = "token-of-the-tests-triggers-012345678";

  private static final String LINES =
      """
      # ROLE NAME TOKEN
      viewing grafana %s
      operating ann %s
      monitor production %s
      trigger alertmanager %s
      """
          .formatted(VIEWING, OPERATING, MONITOR, TRIGGER);

  private TestTokens() {}

  /** Writes a file with all of them. */
  public static Path in(Path directory) {
    return write(directory.resolve("tokens"), LINES, "rw-------");
  }

  public static String bearer(String token) {
    return "Bearer " + token;
  }

  /** Writes a file as one writes secrets: closed before anything is in it, and in one move. */
  public static Path write(Path file, String text, String mode) {
    try {
      Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), "new", "");
      Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(mode));
      Files.writeString(beside, text);
      return Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
