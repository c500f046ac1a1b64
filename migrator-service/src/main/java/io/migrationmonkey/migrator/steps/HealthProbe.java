package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshFailure;
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

  private static final Duration EVERY = Duration.ofMillis(50);

  private final HttpClient http;
  private final ApplicationSettings.Health health;
  private final Waiting waiting;

  HealthProbe(ApplicationSettings application, Waiting waiting) {
    this.health = application.health();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(health.timeout())
            .build();
    this.waiting = waiting;
  }

  /**
   * Waits until it is healthy.
   *
   * @return empty when it is, else what was wrong the last time
   */
  Optional<String> awaitHealthy(RemoteServer server, Duration atMost) {
    AtomicReference<Optional<String>> last = new AtomicReference<>(Optional.empty());
    boolean healthy =
        waiting
            .until(
                atMost,
                EVERY,
                () -> {
                  last.set(complaint(server));
                  return last.get().isPresent() ? Optional.empty() : Optional.of(true);
                })
            .isPresent();
    return healthy ? Optional.empty() : last.get();
  }

  private Optional<String> complaint(RemoteServer server) {
    return health
        .asCommand()
        .map(command -> complaint(server, command))
        .orElseGet(() -> complaint(health.url(server.address())));
  }

  private static Optional<String> complaint(RemoteServer server, RemoteCommand<String> command) {
    try {
      server.run(command);
      return Optional.empty();
    } catch (SshFailure unhealthy) {
      return Optional.of("the application is not healthy: " + unhealthy.getMessage());
    }
  }

  private Optional<String> complaint(URI uri) {
    try {
      int status =
          http.send(
                  HttpRequest.newBuilder(uri).timeout(health.timeout()).build(),
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
