package io.migrationmonkey.contract;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON in which the services keep reports in Redis. */
public final class Wire {

  // Unknown fields pass, so that the two servers and the proxy need not be upgraded at once.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private Wire() {}

  public static String write(Object value) {
    return JSON.writeValueAsString(value);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException where the text is not JSON of that type
   */
  public static <T> T read(String text, Class<T> type) {
    T value;
    try {
      value = JSON.readValue(text, type);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "not a %s: %s".formatted(type.getSimpleName(), e.getOriginalMessage()), e);
    }
    if (value == null) {
      throw new IllegalArgumentException("not a %s: null".formatted(type.getSimpleName()));
    }
    return value;
  }
}
