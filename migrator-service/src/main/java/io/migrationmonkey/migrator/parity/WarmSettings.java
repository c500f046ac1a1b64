package io.migrationmonkey.migrator.parity;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;

/**
 * The warm standby.
 *
 * @param every the standby is brought up to date this long after the last time, such as {@code 5m};
 *     {@code off} or {@code 0}: never by itself
 */
@ConfigurationProperties("monkey.warm")
public record WarmSettings(@DefaultValue("5m") String every) {

  // YAML takes an 'off' without quotes for false.
  private static final Set<String> OFF = Set.of("off", "false", "0");

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  public WarmSettings {
    parse(every);
  }

  /** The time between two runs; empty when there are none. */
  public Optional<Duration> interval() {
    return parse(every);
  }

  private static Optional<Duration> parse(String every) {
    if (OFF.contains(every)) {
      return Optional.empty();
    }
    try {
      Duration interval = DurationStyle.detectAndParse(every);
      if (interval.isZero()) {
        return Optional.empty();
      }
      if (interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0) {
        return Optional.of(interval);
      }
    } catch (IllegalArgumentException e) {
      // The same words for both.
    }
    throw new IllegalArgumentException(
        "monkey.warm.every is '%s': it must be from 1s to 1d, for example 5m, or off"
            .formatted(every));
  }
}
