package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/** Asks the application on a server whether it serves. */
@Component
class HealthProbe {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration EVERY = Duration.ofMillis(50);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final ApplicationSettings.Health health;
  private final Waiting waiting;

  HealthProbe(ApplicationSettings application, Waiting waiting) {
    this.health = application.health();
    this.waiting = waiting;
  }

  /**
   * Waits until it is healthy.
   *
   * @return empty when it is, else what was wrong the last time
   */
  Optional<String> awaitHealthy(String address, Duration atMost) {
    AtomicReference<Optional<String>> last = new AtomicReference<>(Optional.empty());
    boolean healthy =
        waiting
            .until(
                atMost,
                EVERY,
                () -> {
                  last.set(complaint(address));
                  return last.get().isPresent() ? Optional.empty() : Optional.of(true);
                })
            .isPresent();
    return healthy ? Optional.empty() : last.get();
  }

  private Optional<String> complaint(String address) {
    String host = address.contains(":") ? "[" + address + "]" : address;
    URI uri = URI.create("http://%s:%d%s".formatted(host, health.port(), health.path()));
    try {
      int status =
          http.send(
                  HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
      return status == 200
          ? Optional.empty()
          : Optional.of("%s answers %d instead of 200".formatted(uri, status));
    } catch (IOException e) {
      return Optional.of("%s does not answer: %s".formatted(uri, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StepFailed("the migrator is stopping");
    }
  }
}
