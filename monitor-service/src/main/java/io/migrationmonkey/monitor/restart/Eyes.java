package io.migrationmonkey.monitor.restart;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the application: at its health often, which costs little, and at its units now and then,
 * or as soon as its health is in doubt.
 */
public final class Eyes {

  /** Where an HTTP answer says each second that all is well. */
  static final Duration UNITS_WHEN_WELL = Duration.ofSeconds(10);

  /** On a standby, whose units are all there is to see. */
  static final Duration UNITS_ON_STANDBY = Duration.ofSeconds(5);

  /** Where only a command can say whether it is well. */
  static final Duration BY_COMMAND = Duration.ofSeconds(2);

  private static final Duration HELPER = Duration.ofSeconds(10);

  private final Hands hands;
  private final List<String> units;
  private final Health health;
  private final Clock clock;

  private Look latest = new Look.Unseen("nobody has looked yet");
  private Instant lookedAt = Instant.EPOCH;

  /**
   * @param units of the application, as root's helper knows them too
   */
  public Eyes(Hands hands, List<String> units, Health health, Clock clock) {
    this.hands = hands;
    this.units = units;
    this.health = health;
    this.clock = clock;
  }

  /** A look that is new where it matters, and a little older otherwise. */
  Look look(boolean standby) {
    URI url = health.url();
    if (latest instanceof Look.Seen seen && !isOld(standby)) {
      if (standby || url == null) {
        return seen;
      }
      if (seen.well() && Health.complaint(url, health.timeout()) == null) {
        return seen;
      }
    }
    return lookNow(standby);
  }

  /** A look that is new throughout. */
  Look lookNow(boolean standby) {
    latest = units(standby);
    lookedAt = clock.instant();
    return latest;
  }

  private boolean isOld(boolean standby) {
    Duration age = Duration.between(lookedAt, clock.instant());
    Duration oldest =
        standby ? UNITS_ON_STANDBY : health.url() == null ? BY_COMMAND : UNITS_WHEN_WELL;
    return age.isNegative() || age.compareTo(oldest) >= 0;
  }

  private Look units(boolean standby) {
    URI url = health.url();
    // Whoever stands by is not meant to be healthy.
    boolean byCommand = url == null && !standby;
    String answer;
    try {
      answer =
          byCommand
              ? hands.ask(
                  "look " + Math.max(1, health.timeout().toSeconds()),
                  HELPER.plus(health.timeout()))
              : hands.ask("look", HELPER);
    } catch (IOException e) {
      return new Look.Unseen(String.valueOf(e.getMessage()));
    }
    try {
      return seen(answer, byCommand, standby);
    } catch (IllegalArgumentException malformed) {
      return new Look.Unseen("the helper's answer is not understood: " + malformed.getMessage());
    }
  }

  private Look.Seen seen(String answer, boolean byCommand, boolean standby) {
    List<Map<String, String>> states = new ArrayList<>();
    String complaint = null;
    for (String block : answer.split("\n\n")) {
      Map<String, String> state = new HashMap<>();
      for (String line : block.strip().split("\n")) {
        int equals = line.indexOf('=');
        if (equals < 0) {
          throw new IllegalArgumentException(line);
        }
        state.put(line.substring(0, equals), line.substring(equals + 1));
      }
      String unhealthy = state.get("Health");
      if (unhealthy == null) {
        states.add(state);
      } else if (!unhealthy.equals("0")) {
        complaint = "the health command ends with " + unhealthy;
      }
    }
    if (states.size() != units.size()) {
      throw new IllegalArgumentException("%d units".formatted(states.size()));
    }
    boolean allRun =
        states.stream()
            .allMatch(state ->
                is(state, "ActiveState", "active") || is(state, "ActiveState", "reloading"));
    URI url = health.url();
    if (!byCommand && !standby && url != null && allRun) {
      complaint = Health.complaint(url, health.timeout());
    }
    return new Look.Seen(
        states.stream().noneMatch(state -> is(state, "LoadState", "not-found")),
        states.stream()
            .noneMatch(state ->
                is(state, "UnitFileState", "disabled")
                    || is(state, "UnitFileState", "masked")
                    || is(state, "LoadState", "masked")),
        states.stream().anyMatch(Eyes::runs),
        allRun,
        states.stream()
            .anyMatch(state ->
                is(state, "ActiveState", "activating") || is(state, "ActiveState", "deactivating")),
        complaint,
        states.stream().mapToLong(Eyes::restarts).sum(),
        words(states));
  }

  /** Anything but a state in which no process of it is left. */
  private static boolean runs(Map<String, String> state) {
    return !is(state, "ActiveState", "inactive") && !is(state, "ActiveState", "failed");
  }

  private static boolean is(Map<String, String> state, String property, String value) {
    return value.equals(state.get(property));
  }

  private static long restarts(Map<String, String> state) {
    String restarts = state.getOrDefault("NRestarts", "");
    return restarts.matches("\\d{1,9}") ? Long.parseLong(restarts) : 0;
  }

  private String words(List<Map<String, String>> states) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      @Nullable String load = states.get(i).get("LoadState");
      words.add(
          "%s is %s"
              .formatted(
                  units.get(i),
                  "not-found".equals(load)
                      ? "not installed"
                      : states.get(i).getOrDefault("ActiveState", "unknown")));
    }
    return String.join(", ", words);
  }
}
