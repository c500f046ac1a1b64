package io.migrationmonkey.lab.stack;

import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.HttpConnection;
import io.migrationmonkey.lab.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** The migrator's REST, a fresh connection for each call. */
public final class Migrations {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final String host;
  private final int port;
  private final Bearer bearer;

  /** What goes into an Authorization header. */
  public interface Bearer {
    String value() throws IOException;
  }

  public Migrations(String host, int port, Bearer bearer) {
    this.host = host;
    this.port = port;
    this.bearer = bearer;
  }

  /** Where a migration is ordered, for people with curl. */
  public String url() {
    return "http://%s:%d/api/migrations".formatted(host, port);
  }

  /** Orders one, or whatever the body says, and returns the answer as it is. */
  public Answer order(String json) throws IOException {
    return send(Request.post("/api/migrations", json));
  }

  /** Sends anything to the migrator, with our token. */
  public Answer send(Request request) throws IOException {
    Request ours = request.with("Authorization", bearer.value());
    try (HttpConnection connection = new HttpConnection(host, port)) {
      return connection.send(ours, TIMEOUT);
    }
  }

  public List<MigrationView> all() throws IOException {
    JsonNode list = ok(Request.get("/api/migrations")).as(JsonNode.class);
    if (!list.isArray()) {
      throw new IOException("the migrator's list of migrations is not a list: " + list);
    }
    return list.valueStream().map(node -> Wire.read(node.toString(), MigrationView.class)).toList();
  }

  public MigrationView one(String id) throws IOException {
    return ok(Request.get("/api/migrations/" + id)).as(MigrationView.class);
  }

  /**
   * Follows a migration from its beginning.
   *
   * @return the final view, or nothing when the stream broke off
   * @throws IOException also when it has not ended within that time
   */
  public Optional<MigrationView> follow(String id, Duration bound, Consumer<JournalEvent> journal)
      throws IOException {
    Request request =
        Request.get("/api/migrations/%s/events".formatted(id))
            .with("Accept", "text/event-stream")
            .with("Authorization", bearer.value());
    try (HttpConnection connection = new HttpConnection(host, port)) {
      return connection.exchange(
          request,
          bound,
          (head, body) -> {
            if (head.status() != 200) {
              throw new IOException("%s was answered with %d".formatted(request, head.status()));
            }
            EventLines events = new EventLines(body);
            for (var event = events.next(); event.isPresent(); event = events.next()) {
              if (event.get().name().equals("end")) {
                return Optional.of(Wire.read(event.get().data(), MigrationView.class));
              }
              if (event.get().name().equals("journal")) {
                journal.accept(Wire.read(event.get().data(), JournalEvent.class));
              }
            }
            return Optional.empty();
          });
    }
  }

  private Answer ok(Request request) throws IOException {
    Answer answer = send(request);
    if (answer.status() != 200) {
      throw new IOException("%s was answered with %s".formatted(request, answer));
    }
    return answer;
  }
}
