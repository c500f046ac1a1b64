package io.migrationmonkey.migrator.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads one stream of a command to its end, in bounded memory, and tells each line at once. */
final class OutputReader {

  static final int LONGEST = 32 * 1024 * 1024;

  private final StringBuilder text = new StringBuilder();
  private final Consumer<String> onLine;
  private int lineStart;

  private OutputReader(Consumer<String> onLine) {
    this.onLine = onLine;
  }

  /**
   * @param onLine gets every line that is not empty; a line ends at a line feed or, as progress
   *     bars print it, at a carriage return
   * @throws MalformedOutput where the stream is longer than 32 Mi characters
   */
  static String read(InputStream stream, Consumer<String> onLine) throws IOException {
    return new OutputReader(onLine).read(stream);
  }

  private String read(InputStream stream) throws IOException {
    Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8);
    char[] chunk = new char[16 * 1024];
    for (int n = reader.read(chunk); n >= 0; n = reader.read(chunk)) {
      if (text.length() + n > LONGEST) {
        throw new MalformedOutput("at most 32 MiB of output", text.substring(0, 1000));
      }
      text.append(chunk, 0, n);
      tellLines(text.length() - n);
    }
    tellLine(text.length());
    return text.toString();
  }

  private void tellLines(int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        tellLine(i);
      }
    }
  }

  private void tellLine(int end) {
    if (end > lineStart) {
      onLine.accept(text.substring(lineStart, end));
    }
    lineStart = end + 1;
  }
}
