package io.migrationmonkey.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {

  private final ManualClock clock = new ManualClock();
  private final Tally tally = new Tally(clock);

  @Test
  void whoWaitsLongerThanPatienceIsWaitingUntilTheAnswer() {
    Tally.Started slow = tally.start("GET /");
    assertThat(tally.figures().waiting()).isZero();
    clock.advance(Duration.ofMillis(900));
    tally.start("GET /");
    assertThat(tally.figures().waiting()).isEqualTo(1);
    tally.succeeded(slow, "backup");
    assertThat(tally.figures().waiting()).isZero();
    assertThat(tally.figures().longestStall()).isEqualTo(Duration.ofMillis(900));
  }

  @Test
  void aFailureKeepsWhenWhatHowLongAndWhy() {
    Tally.Started started = tally.start("POST /entries");
    clock.advance(Duration.ofMillis(1500));
    tally.failed(started, "answered 502");
    assertThat(tally.figures().failed()).isEqualTo(1);
    assertThat(tally.figures().failedWrites()).isEqualTo(1);
    assertThat(tally.figures().longestStall()).isEqualTo(Duration.ofMillis(1500));
    assertThat(tally.figures().firstFailures().getFirst())
        .hasToString("2026-01-01T02:00:00Z POST /entries failed after 1500 ms: answered 502");
  }
}
