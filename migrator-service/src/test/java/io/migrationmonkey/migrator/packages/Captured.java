package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What the real tools of Debian 12 printed, kept in files. */
final class Captured {

  private Captured() {}

  static String text(String file) {
    try (InputStream in = Captured.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Output stdout(String file) {
    return new Output(0, text(file), "");
  }
}
