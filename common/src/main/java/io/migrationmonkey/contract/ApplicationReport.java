package io.migrationmonkey.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;

/**
 * What Restart Monkey sees of the application on its server: JSON under {@link #key}, gone {@link
 * #TTL} after the last word.
 *
 * @param server whose report it is
 * @param state of the application there
 * @param text the state in words
 * @param at when it was looked at, by the server's clock
 */
public record ApplicationReport(ServerName server, State state, String text, Instant at) {

  public static final Duration TTL = Duration.ofSeconds(5);

  public static String key(ServerName server) {
    return "application:report:" + server;
  }

  /** How the application is on one server. */
  public enum State {
    /** It runs and is healthy. */
    @JsonProperty("well")
    WELL,
    /** Something of it runs, but it does not serve. */
    @JsonProperty("sick")
    SICK,
    /** Nothing of it runs. */
    @JsonProperty("off")
    OFF,
    /** Nobody could look. */
    @JsonProperty("unknown")
    UNKNOWN
  }
}
