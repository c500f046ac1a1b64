package io.migrationmonkey.lab.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatienceTest {

  @Test
  void itLooksUntilThereIsSomething() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    String found =
        Patience.until(
            "a third look",
            Duration.ofSeconds(10),
            () -> {
              if (looks.incrementAndGet() == 1) {
                throw new IOException("not there");
              }
              return looks.get() == 3 ? Optional.of("there") : Optional.empty();
            });
    assertThat(found).isEqualTo("there");
  }

  @Test
  void whenTheTimeIsUpItSaysWhatItWaitedForAndWhatItSawLast() {
    assertThatIOException()
        .isThrownBy(() ->
            Patience.until(
                "the proxy",
                Duration.ZERO,
                () -> {
                  throw new IOException("refused");
                }))
        .withMessage("waited 0 s for the proxy: refused");
  }
}
