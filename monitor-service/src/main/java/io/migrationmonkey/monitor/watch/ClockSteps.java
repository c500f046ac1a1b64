package io.migrationmonkey.monitor.watch;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when the server's clock was stepped, and that nothing here depends on it. */
public final class ClockSteps implements Consumer<Sighting> {

  private static final Logger log = LoggerFactory.getLogger(ClockSteps.class);
  private static final Duration WORTH_A_WORD = Duration.ofSeconds(2);

  private final Clock timeOfDay;
  private final Clock steady;
  private Duration apart;

  public ClockSteps(Clock timeOfDay, Clock steady) {
    this.timeOfDay = timeOfDay;
    this.steady = steady;
    this.apart = apart();
  }

  @Override
  public void accept(Sighting sighting) {
    Duration now = apart();
    Duration step = now.minus(apart);
    if (step.abs().compareTo(WORTH_A_WORD) > 0) {
      log.warn(
          "The server's clock was stepped by {} s: the watch goes by another, which nobody sets",
          step.toSeconds());
      apart = now;
    }
  }

  private Duration apart() {
    return Duration.between(steady.instant(), timeOfDay.instant());
  }
}
