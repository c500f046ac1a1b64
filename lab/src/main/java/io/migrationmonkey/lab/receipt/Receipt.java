package io.migrationmonkey.lab.receipt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The receipt of the whole demonstration.
 *
 * @param ok true only when no promise was broken
 */
public record Receipt(List<MigrationReceipt> migrations, boolean ok) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /** Writes the JSON, and the folders above it where they are missing. */
  public void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, toJson() + "\n");
  }
}
