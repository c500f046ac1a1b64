package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Course;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * How long a step may take while traffic is held. When the hold has run out, requests reach a
 * server whose application is stopped, so whatever lasts too long must fail early enough to roll
 * back.
 */
@Component
class HoldDeadline {

  private final Clock clock;
  private final MigrationSettings settings;

  HoldDeadline(Clock clock, MigrationSettings settings) {
    this.clock = clock;
    this.settings = settings;
  }

  /** To be called before the hold is set. */
  void begins(MigrationRun run) {
    run.holdsUntil(clock.instant().plus(settings.holdTimeout()));
  }

  /**
   * What is left, less a sixth of the whole for starting the source again. Where nothing is held,
   * as long as an application may take that nobody waits for.
   *
   * @throws StepFailed when nothing is left
   */
  Duration left(MigrationRun run) {
    if (run.course() == Course.WITHOUT_DATA) {
      return Services.SLOW;
    }
    Duration left = left(run.holdsUntil());
    if (!left.isPositive()) {
      throw new StepFailed(
          "the hold of %d s is nearly over: monkey.migration.hold-timeout must be longer for this much data or so slow a start"
              .formatted(settings.holdTimeout().toSeconds()));
    }
    return left;
  }

  /**
   * What rolling back may wait for before it starts the source again.
   *
   * @param atMost also where nobody knows how long the hold stands, as after a migrator's death
   */
  Duration leftToRollBack(MigrationRun run, Duration atMost) {
    Duration left = left(run.holdsUntil());
    if (run.holdsUntil().equals(Instant.EPOCH) || left.compareTo(atMost) > 0) {
      return atMost;
    }
    return left.isPositive() ? left : Duration.ZERO;
  }

  private Duration left(Instant until) {
    return Duration.between(clock.instant(), until).minus(settings.holdTimeout().dividedBy(6));
  }
}
