package io.migrationmonkey.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerificationTest {

  @Test
  void eachOnceAndTheWritesOfOthersAreFine() {
    Verification verification =
        Verification.of(
            "run-", Set.of("run-1", "run-2"), List.of("run-2", "hello", "run-1", "hello"));
    assertThat(verification.holds()).isTrue();
    assertThat(verification.found()).isEqualTo(2);
  }

  @Test
  void whatIsMissingIsNamed() {
    Verification verification = Verification.of("run-", Set.of("run-1", "run-2"), List.of("run-2"));
    assertThat(verification.holds()).isFalse();
    assertThat(verification.missing()).containsExactly("run-1");
    assertThat(verification.found()).isEqualTo(1);
  }

  @Test
  void aWriteThatWasNeverAcknowledgedMayBeThereButOnlyOnce() {
    assertThat(Verification.of("run-", Set.of(), List.of("run-9")).holds()).isTrue();
    assertThat(Verification.of("run-", Set.of(), List.of("run-9", "run-9")).duplicated())
        .containsExactly("run-9");
  }
}
