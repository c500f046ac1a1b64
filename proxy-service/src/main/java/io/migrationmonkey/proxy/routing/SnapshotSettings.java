package io.migrationmonkey.proxy.routing;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the proxy remembers its route for a restart while Redis is away.
 *
 * @param file of its own for each proxy; nothing is remembered where it is empty
 */
@ConfigurationProperties("monkey.snapshot")
public record SnapshotSettings(@Nullable Path file) {

  public SnapshotSettings(@Nullable Path file) {
    this.file = file == null || file.toString().isBlank() ? null : file.toAbsolutePath();
  }
}
