package io.migrationmonkey.migrator;

import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The migrator itself.
 *
 * @param stateDirectory where it remembers that it has set the switch once
 */
@ConfigurationProperties("monkey")
public record MigratorSettings(@DefaultValue("/var/lib/migration-monkey") Path stateDirectory) {

  public MigratorSettings {
    if (!Files.isDirectory(stateDirectory) || !Files.isWritable(stateDirectory)) {
      throw new IllegalArgumentException(
          "monkey.state-directory is '%s': it must be a directory that the migrator may write"
              .formatted(stateDirectory));
    }
  }
}
