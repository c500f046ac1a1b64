package io.migrationmonkey.lab.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a stream of server-sent events apart. */
final class EventLines {

  private final BufferedReader lines;

  EventLines(InputStream stream) {
    this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  /** An event by its name; {@code message} if it has none. */
  record Event(String name, String data) {}

  /** The next event that carries data, or nothing when the stream has ended. */
  Optional<Event> next() throws IOException {
    String name = "message";
    List<String> data = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty() && !data.isEmpty()) {
        return Optional.of(new Event(name, String.join("\n", data)));
      } else if (line.isEmpty()) {
        name = "message";
      } else if (line.startsWith("event:")) {
        name = value(line);
      } else if (line.startsWith("data:")) {
        data.add(value(line));
      }
    }
    return Optional.empty();
  }

  private static String value(String line) {
    String value = line.substring(line.indexOf(':') + 1);
    return value.startsWith(" ") ? value.substring(1) : value;
  }
}
