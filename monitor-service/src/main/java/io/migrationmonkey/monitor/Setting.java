package io.migrationmonkey.monitor;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every setting of this service, and what is allowed for it. */
enum Setting {
  SERVER("monkey.server", "'production' or 'backup'"),
  MIGRATOR_URL("monkey.migrator.url", "an http or https address such as http://migrator:8081"),
  CONNECT_TIMEOUT("monkey.migrator.connect-timeout", "100ms to 60s"),
  ANSWER_TIMEOUT("monkey.migrator.answer-timeout", "100ms to 60s"),
  WARM_STANDBY("monkey.migrator.warm-standby", "true or false"),
  PERIOD("monkey.memory.period", "100ms to 4s"),
  USED_RATIO("monkey.pressure.used-ratio", "0.10 to 0.99"),
  STRAINED_RATIO("monkey.pressure.strained-ratio", "0.05 to 0.94"),
  AVAILABLE("monkey.pressure.available", "a size above nothing, such as 2GB"),
  SUSTAINED("monkey.pressure.sustained", "100ms to 600s"),
  STALLED("monkey.pressure.stalled", "a share of the time, above 0 and up to 1"),
  LOOK_AHEAD("monkey.pressure.look-ahead", "1s to 600s"),
  MOVE("monkey.pressure.move", "1s to 3600s"),
  MARGIN("monkey.pressure.margin", "1 to 10"),
  SERVICES("monkey.application.services", "systemd units like 'guestbook.service'"),
  HEALTH_PORT("monkey.application.health.port", "1 to 65535"),
  HEALTH_PATH("monkey.application.health.path", "a path like '/health'"),
  HEALTH_TIMEOUT("monkey.application.health.timeout", "100ms to 60s"),
  RESTART_ENABLED("monkey.restart.enabled", "true or false"),
  ATTEMPTS("monkey.restart.attempts", "1 to 100"),
  WINDOW("monkey.restart.window", "10s to 1d"),
  UNHEALTHY_AFTER("monkey.restart.unhealthy-after", "1s to 1h"),
  GRACE("monkey.restart.grace", "11s to 1h");

  final String property;
  final String allowed;

  Setting(String property, String allowed) {
    this.property = property;
    this.allowed = allowed;
  }

  /** A value that is not allowed. The message is for the person who wrote it. */
  static final class RefusedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  static Optional<Setting> named(String property) {
    return Arrays.stream(values()).filter(setting -> setting.property.equals(property)).findFirst();
  }

  <T> T required(@Nullable T value) {
    if (value == null) {
      throw new RefusedException("%s is missing. Allowed: %s".formatted(property, allowed));
    }
    return value;
  }

  void check(boolean good, Object value) {
    if (!good) {
      throw new RefusedException(refusal(value));
    }
  }

  void between(Duration least, Duration most, Duration value) {
    check(value.compareTo(least) >= 0 && value.compareTo(most) <= 0, value.toMillis() + "ms");
  }

  /** The refusal of a value, in words. */
  String refusal(@Nullable Object value) {
    return "%s is '%s'. Allowed: %s".formatted(property, value, allowed);
  }
}
