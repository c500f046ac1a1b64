package io.migrationmonkey.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One of the two servers. The names never change; the roles active and standby swap. */
public enum ServerName {
  PRODUCTION,
  BACKUP;

  /**
   * Reads the name as it stands in Redis, JSON, settings and metrics.
   *
   * @throws IllegalArgumentException for anything but {@code production} and {@code backup}
   */
  @JsonCreator
  public static ServerName of(String text) {
    return switch (text) {
      case "production" -> PRODUCTION;
      case "backup" -> BACKUP;
      default ->
          throw new IllegalArgumentException(
              "a server is 'production' or 'backup', not '%s'".formatted(text));
    };
  }

  public ServerName other() {
    return this == PRODUCTION ? BACKUP : PRODUCTION;
  }

  /** {@code production} or {@code backup}. */
  @JsonValue
  @Override
  public String toString() {
    return this == PRODUCTION ? "production" : "backup";
  }
}
