package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.Required;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How both servers are checked beside the traffic. What the checks find is shown, and moves
 * nothing.
 *
 * @param every time between two checks of a server; 0 for none
 * @param path what is asked for, such as {@code /health}, and must be answered 2xx or 3xx; where it
 *     is empty, a connection that opens is enough
 * @param timeout for one check
 * @param fall failures in a row that make a server unhealthy
 * @param rise successes in a row that make it healthy again
 */
@ConfigurationProperties("monkey.checks")
public record CheckSettings(
    @DefaultValue("2s") Duration every,
    @DefaultValue("") String path,
    @DefaultValue("1s") Duration timeout,
    @DefaultValue("2") int fall,
    @DefaultValue("2") int rise) {

  public CheckSettings {
    if (every.isNegative()) {
      throw new IllegalArgumentException(
          "monkey.checks.every is %s; it must not be negative, and 0 means no checks"
              .formatted(every));
    }
    if (!path.isEmpty() && !path.matches("/[!-~]*")) {
      throw new IllegalArgumentException(
          "monkey.checks.path is '%s'; it must be empty or begin with '/' and have no blanks"
              .formatted(path));
    }
    Required.positive("monkey.checks.timeout", timeout);
    Required.within("monkey.checks.fall", fall, 1, 1000);
    Required.within("monkey.checks.rise", rise, 1, 1000);
  }

  boolean on() {
    return !every.isZero();
  }
}
