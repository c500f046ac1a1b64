package io.migrationmonkey.lab.http;

import io.migrationmonkey.contract.Wire;
import java.util.Optional;

/** A whole answer. */
public record Answer(Head head, String body) {

  public int status() {
    return head.status();
  }

  public Optional<String> header(String name) {
    return head.header(name);
  }

  /**
   * The body as JSON.
   *
   * @throws IllegalArgumentException where it is not JSON of that type
   */
  public <T> T as(Class<T> type) {
    return Wire.read(body, type);
  }

  /** In one line: the status, and as much of the body as fits a log. */
  @Override
  public String toString() {
    String line = body.replaceAll("\\s+", " ").strip();
    return status() + " " + (line.length() > 200 ? line.substring(0, 200) + "…" : line);
  }
}
