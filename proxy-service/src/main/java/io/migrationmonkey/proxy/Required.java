package io.migrationmonkey.proxy;

import java.time.Duration;

/** Refuses a setting's bad value, by the property's name, the value and what is allowed. */
public final class Required {

  private Required() {}

  /** A duration above zero. */
  public static void positive(String property, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "%s is %s; it must be longer than 0, for example 5s".formatted(property, value));
    }
  }

  /** A number within bounds, both included. */
  public static void within(String property, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d; it must be between %d and %d".formatted(property, value, least, most));
    }
  }
}
