package io.migrationmonkey.lab.load;

import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.HttpConnection;
import io.migrationmonkey.lab.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The demo's application, through the proxy or straight at one of the servers; one connection, for
 * one thread.
 */
public final class Guestbook implements AutoCloseable {

  private static final int ALL = 100_000;

  private final HttpConnection connection;
  private final Duration deadline;

  public Guestbook(String host, int port, Duration deadline) {
    this.connection = new HttpConnection(host, port);
    this.deadline = deadline;
  }

  record Entry(String author, String text) {}

  record Page(List<Entry> entries) {}

  static Request write(String author, String text) {
    return Request.post("/entries", Wire.write(new Entry(author, text)));
  }

  static Request latest() {
    return Request.get("/entries?limit=20");
  }

  Answer send(Request request) throws IOException {
    return connection.send(request, deadline);
  }

  /**
   * The texts of all entries.
   *
   * @throws IOException when it doesn't answer, or holds more than can be asked for at once
   */
  public List<String> texts() throws IOException {
    Answer answer = accepted(Request.get("/entries?limit=" + ALL));
    List<String> texts = answer.as(Page.class).entries().stream().map(Entry::text).toList();
    if (texts.size() >= ALL) {
      throw new IOException(
          ("the guestbook holds %d entries or more, so that not all can be verified; start over with"
                  + " './demo down'")
              .formatted(ALL));
    }
    return texts;
  }

  /** Switches the leak; 0 stops it. */
  public void leak(int megabytesPerSecond) throws IOException {
    accepted(Request.post("/leak", Wire.write(Map.of("megabytesPerSecond", megabytesPerSecond))));
  }

  private Answer accepted(Request request) throws IOException {
    Answer answer = send(request);
    if (answer.status() / 100 != 2) {
      throw new IOException("%s was answered with %s".formatted(request, answer));
    }
    return answer;
  }

  @Override
  public void close() {
    connection.close();
  }
}
