package io.migrationmonkey.monitor.orders;

import io.migrationmonkey.access.SecretFile;
import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.settings.RefusedSetting;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The migrator's REST, as far as a monitor needs it. Each call ends within its timeout. */
public final class Migrator {

  private static final long LARGEST_ANSWER = 256 * 1024;

  private final URI url;
  private final SecretFile token;
  private final @Nullable SSLContext tls;
  private final Duration connectTimeout;
  private final Duration answerTimeout;

  /**
   * @param url of the migrator, with or without a slash at its end
   * @param token that goes with every call
   * @param tls whom to trust and what to show; null for what Java trusts
   * @param answerTimeout for a whole call, up to the last byte of the answer
   */
  public Migrator(
      URI url,
      SecretFile token,
      @Nullable SSLContext tls,
      Duration connectTimeout,
      Duration answerTimeout) {
    this.url = url;
    this.token = token;
    this.tls = tls;
    this.connectTimeout = connectTimeout;
    this.answerTimeout = answerTimeout;
  }

  private record MigrationView(@Nullable String state, @Nullable String problem) {}

  private record Problem(@Nullable String title, @Nullable String detail) {}

  private sealed interface Outcome {
    record Answered(HttpResponse<String> response) implements Outcome {}

    record Unanswered(String why) implements Outcome {}
  }

  URI url() {
    return url;
  }

  /** What the migrator says of the last moves. */
  sealed interface Moves {
    /** The longest of them; empty where there was none. */
    record Told(Optional<Duration> longest) implements Moves {}

    record Unknown(String why) implements Moves {}
  }

  private record Move(@Nullable String state, @Nullable List<Step> steps) {

    Optional<Duration> untilTheTrafficMoved() {
      if (!"SUCCEEDED".equals(state) || steps == null) {
        return Optional.empty();
      }
      long millis = 0;
      for (Step step : steps) {
        millis += step.ms == null ? 0 : step.ms;
        if ("SWITCH_TRAFFIC".equals(step.name)) {
          return Optional.of(Duration.ofMillis(millis));
        }
      }
      return Optional.empty();
    }
  }

  private record Step(@Nullable String name, @Nullable Long ms) {}

  /** Asks how long the last three moves took. */
  Moves lastMoves() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at("/api/migrations?limit=5"))
            .header("Accept", "application/json")
            .GET();
    return switch (call(request)) {
      case Outcome.Unanswered(var why) -> new Moves.Unknown(why);
      case Outcome.Answered(var response) when response.statusCode() != 200 ->
          new Moves.Unknown(problem(response));
      case Outcome.Answered(var response) -> moves(response.body());
    };
  }

  private static Moves moves(String body) {
    try {
      return new Moves.Told(
          Arrays.stream(Wire.read(body, Move[].class))
              .flatMap(move -> move.untilTheTrafficMoved().stream())
              .limit(3)
              .max(Duration::compareTo));
    } catch (IllegalArgumentException e) {
      return new Moves.Unknown(String.valueOf(e.getMessage()));
    }
  }

  /** Asks to have the standby brought up to date. Gives back what went wrong, if anything did. */
  Optional<String> warm() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at("/api/parity/warm"))
            .header("Accept", "application/json, application/problem+json")
            .POST(HttpRequest.BodyPublishers.noBody());
    return switch (call(request)) {
      case Outcome.Unanswered(var why) -> Optional.of(why);
      case Outcome.Answered(var response) ->
          response.statusCode() / 100 == 2 ? Optional.empty() : Optional.of(problem(response));
    };
  }

  /** Orders a migration off a server. */
  Answer order(ServerName from, String reason, String key) {
    URI migrations = at("/api/migrations");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(migrations)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, application/problem+json")
            .header("Idempotency-Key", key)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    Wire.write(new MigrationOrder(from, reason, Trigger.MONITOR, null, null))));
    return switch (call(request)) {
      case Outcome.Unanswered(var why) -> new Answer.Failed(why);
      case Outcome.Answered(var response) -> ordered(migrations, response);
    };
  }

  /** Looks how a migration goes. */
  Answer look(URI location) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(location).header("Accept", "application/json").GET();
    return switch (call(request)) {
      case Outcome.Unanswered(var why) -> new Answer.Failed(why);
      case Outcome.Answered(var response) -> looked(response);
    };
  }

  private static Answer ordered(URI asked, HttpResponse<String> response) {
    int status = response.statusCode();
    if (status == 202) {
      return response
          .headers()
          .firstValue("Location")
          .<Answer>map(location -> accepted(asked, location))
          .orElseGet(() -> new Answer.Failed("202 without a Location"));
    }
    if (status == 409) {
      return new Answer.Busy(problem(response));
    }
    // 408 and 429 ask to come again, as a 5xx does; and a token may be right the next time.
    boolean refused =
        status >= 400 && status < 500 && status != 401 && status != 408 && status != 429;
    return refused ? new Answer.Refused(problem(response)) : new Answer.Failed(problem(response));
  }

  private static Answer accepted(URI asked, String location) {
    try {
      return new Answer.Accepted(asked.resolve(location));
    } catch (IllegalArgumentException e) {
      return new Answer.Failed("202 with a Location that is no URI: " + location);
    }
  }

  private static Answer looked(HttpResponse<String> response) {
    if (response.statusCode() == 404) {
      return new Answer.Ended("the migrator does not know it any more");
    }
    if (response.statusCode() != 200) {
      return new Answer.Failed(problem(response));
    }
    try {
      MigrationView view = Wire.read(response.body(), MigrationView.class);
      if (view.state == null) {
        return new Answer.Failed("the migration has no state");
      }
      return view.state.equals("RUNNING")
          ? new Answer.Running()
          : new Answer.Ended(view.problem == null ? view.state : view.state + ", " + view.problem);
    } catch (IllegalArgumentException e) {
      return new Answer.Failed(String.valueOf(e.getMessage()));
    }
  }

  private Outcome call(HttpRequest.Builder request) {
    try {
      return send(request.header("Authorization", "Bearer " + token.read()).build());
    } catch (RefusedSetting e) {
      return new Outcome.Unanswered(String.valueOf(e.getMessage()));
    }
  }

  // A client for each call: calls are rare, and a client at rest keeps a thread and buffers.
  private Outcome send(HttpRequest request) {
    try (HttpClient client = client()) {
      Future<HttpResponse<String>> answer =
          client.sendAsync(
              request,
              BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST_ANSWER));
      try {
        return new Outcome.Answered(answer.get(answerTimeout.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        return new Outcome.Unanswered(
            "no answer from %s within %d ms".formatted(request.uri(), answerTimeout.toMillis()));
      } catch (ExecutionException e) {
        return new Outcome.Unanswered(
            e.getCause() instanceof ConnectException
                ? "no connection to %s".formatted(request.uri())
                : "no answer from %s: %s".formatted(request.uri(), e.getCause()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Outcome.Unanswered("this monitor is stopping");
      } finally {
        client.shutdownNow();
      }
    }
  }

  private HttpClient client() {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (tls != null) {
      client.sslContext(tls);
    }
    return client.build();
  }

  private static String problem(HttpResponse<String> response) {
    String said;
    try {
      Problem problem = Wire.read(response.body(), Problem.class);
      said = problem.detail != null ? problem.detail : String.valueOf(problem.title);
    } catch (IllegalArgumentException e) {
      said = response.body().strip();
    }
    return "%d: %s"
        .formatted(response.statusCode(), said.substring(0, Math.min(300, said.length())));
  }

  private URI at(String path) {
    return URI.create(url.toString().replaceAll("/+$", "") + path);
  }
}
