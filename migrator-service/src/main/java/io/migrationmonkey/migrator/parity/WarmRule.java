package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.ServerName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides whether the standby is to be brought up to date now. */
public final class WarmRule {

  private static final Duration LONGEST_BACKOFF = Duration.ofHours(1);

  /** A run that gave way is made up for soon, but leaves room for an order that is given again. */
  private static final Duration AFTER_GIVING_WAY = Duration.ofSeconds(30);

  private WarmRule() {}

  /**
   * What it decides by.
   *
   * @param every empty when warming is off
   * @param active the server that the switch names
   * @param epoch of the switch
   * @param movedByHand the switch was last moved by a person: what lies on the standby may be what
   *     that person wants to save
   * @param paused nothing automatic may happen
   * @param busy who acts on the servers now: a migration, or another warm run
   * @param last the latest run that has ended
   */
  public record Situation(
      Instant now,
      Optional<Duration> every,
      ServerName active,
      long epoch,
      boolean movedByHand,
      boolean paused,
      @Nullable String busy,
      @Nullable WarmRun last) {}

  /**
   * The decision.
   *
   * @param due now
   * @param why in words, whichever it is
   */
  public record Verdict(boolean due, String why) {}

  public static Verdict judge(Situation now) {
    if (now.every().isEmpty()) {
      return notDue("warming is off (monkey.warm.every)");
    }
    if (now.busy() != null) {
      return notDue("%s is under way".formatted(now.busy()));
    }
    if (now.paused()) {
      return notDue("automatic actions are paused (DELETE /api/pause ends that)");
    }
    WarmRun last = now.last();
    if (last != null && !last.isFor(now.active(), now.epoch())) {
      last = null;
    }
    if (now.movedByHand() && (last == null || last.copiedAt() == null)) {
      return notDue(
          "the switch was moved by hand, so what is on %s is left alone until a migration runs or POST /api/parity/warm asks for it"
              .formatted(now.active().other()));
    }
    if (last == null) {
      return new Verdict(
          true, "%s has not been warmed since it stands by".formatted(now.active().other()));
    }
    Instant due = last.endedAt().plus(pause(last, now.every().get()));
    return now.now().isBefore(due)
        ? notDue("the next run is due at %s".formatted(due))
        : new Verdict(true, "the last run ended at %s".formatted(last.endedAt()));
  }

  private static Duration pause(WarmRun last, Duration every) {
    return switch (last.outcome()) {
      case COMPLETE, PARTIAL -> every;
      case PREEMPTED -> shorter(every, AFTER_GIVING_WAY);
      case FAILED -> backoff(last.failures(), every);
    };
  }

  /** Twice as long with each failure, up to an hour, or up to the interval if that is longer. */
  private static Duration backoff(int failures, Duration every) {
    Duration longest = every.compareTo(LONGEST_BACKOFF) > 0 ? every : LONGEST_BACKOFF;
    int doublings = Math.clamp(failures - 1L, 0, 12);
    return shorter(every.multipliedBy(1L << doublings), longest);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Verdict notDue(String why) {
    return new Verdict(false, why);
  }
}
