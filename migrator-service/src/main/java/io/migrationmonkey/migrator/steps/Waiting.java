package io.migrationmonkey.migrator.steps;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** The one place that sleeps. */
@Component
class Waiting {

  /**
   * Asks again and again until there is an answer.
   *
   * @return empty when there was none in time
   */
  <T> Optional<T> until(Duration atMost, Duration every, Supplier<Optional<T>> question) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      Optional<T> answer = question.get();
      if (answer.isPresent() || System.nanoTime() - deadline >= 0) {
        return answer;
      }
      try {
        Thread.sleep(every);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StepFailed("the migrator is stopping");
      }
    }
  }
}
