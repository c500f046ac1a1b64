package io.migrationmonkey.lab.stack;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A migration as the migrator tells it. Null where it has nothing to tell yet.
 *
 * @param state {@code RUNNING} until it has ended
 * @param problem what went wrong, in words
 * @param packagesToInstall what a dry run found missing on the standby
 * @param requestsHeld as the proxies report it
 */
public record MigrationView(
    String id,
    String state,
    @Nullable String trigger,
    @Nullable String from,
    @Nullable String to,
    @Nullable String reason,
    @Nullable String step,
    @Nullable String problem,
    @Nullable List<Step> steps,
    @Nullable List<String> packagesToInstall,
    @Nullable Integer packagesInstalled,
    @Nullable Long bytesCopied,
    @Nullable Long requestsHeld,
    @Nullable String bootIdBefore,
    @Nullable String bootIdAfter,
    @JsonProperty("switch") @Nullable String switchValue,
    @Nullable Long epoch) {

  /** One of the twelve. */
  public record Step(
      String name, @Nullable String outcome, @Nullable Long ms, @Nullable String detail) {}

  public boolean ended() {
    return !state.equals("RUNNING");
  }

  public boolean succeeded() {
    return state.equals("SUCCEEDED");
  }

  public List<Step> stepsSoFar() {
    return steps == null ? List.of() : steps;
  }

  /** The state, and the problem if there is one. */
  public String outcome() {
    return problem == null ? state : state + ": " + problem;
  }
}
