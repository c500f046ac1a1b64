package io.migrationmonkey.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.proxy.forwarding.RetryRule.Failure;
import io.migrationmonkey.proxy.forwarding.RetryRule.Reach;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryRuleTest {

  private final RetryRule rule = RetryRule.within(Duration.ofSeconds(5));

  @Property
  void aRequestWhoseBytesMayHaveReachedAServerGoesAgainOnlyIfItMayBeRepeated(
      @ForAll boolean repeatable,
      @ForAll @IntRange(min = 1, max = 1000) int attempts,
      @ForAll @IntRange(max = 10) int resends,
      @ForAll @IntRange(max = 10_000) int millis) {
    Failure sent =
        new Failure(Reach.SENT, repeatable, attempts, resends, Duration.ofMillis(millis));
    assertThat(rule.next(sent).isPresent()).isEqualTo(repeatable && resends < 2 && millis < 5000);
  }

  @Property
  void nothingGoesAgainOnceAnAnswerBegan(
      @ForAll boolean repeatable, @ForAll @IntRange(max = 10_000) int millis) {
    assertThat(rule.next(new Failure(Reach.ANSWERED, repeatable, 1, 0, Duration.ofMillis(millis))))
        .isEmpty();
  }

  @Property
  void whatReachedNoServerGoesAgainUntilTheDeadlineWithBoundedPauses(
      @ForAll boolean repeatable,
      @ForAll @IntRange(min = 1, max = 1_000_000) int attempts,
      @ForAll @IntRange(max = 10_000) int millis) {
    for (Reach reach : new Reach[] {Reach.NOT_CONNECTED, Reach.NOT_SENT}) {
      var pause = rule.next(new Failure(reach, repeatable, attempts, 0, Duration.ofMillis(millis)));
      assertThat(pause.isPresent()).isEqualTo(millis < 5000);
      pause.ifPresent(p -> assertThat(p).isBetween(Duration.ZERO, Duration.ofMillis(250)));
    }
  }

  @Test
  void pausesDoubleWhileAServerCannotBeReached() {
    assertThat(
            java.util.stream.IntStream.rangeClosed(1, 7)
                .mapToObj(n -> new Failure(Reach.NOT_CONNECTED, false, n, 0, Duration.ZERO))
                .map(failure -> rule.next(failure).orElseThrow().toMillis()))
        .containsExactly(10L, 20L, 40L, 80L, 160L, 250L, 250L);
  }

  @Test
  void onlyIdempotentRequestsWithoutABodyMayBeRepeated() {
    assertThat(RetryRule.repeatable("GET", false)).isTrue();
    assertThat(RetryRule.repeatable("PUT", false)).isTrue();
    assertThat(RetryRule.repeatable("PUT", true)).isFalse();
    assertThat(RetryRule.repeatable("POST", false)).isFalse();
    assertThat(RetryRule.repeatable("PATCH", false)).isFalse();
    assertThat(RetryRule.repeatable("get", false)).isFalse();
  }
}
