package io.migrationmonkey.lab.http;

import java.io.IOException;
import java.io.InputStream;

/** Reads the lines of a head, which end in CRLF. */
final class Lines {

  private static final int LONGEST = 16_384;

  private Lines() {}

  /**
   * Reads up to the next line's end.
   *
   * @throws HttpFailure when the stream ends first: what comes before a body never may
   */
  static String next(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new HttpFailure(
            line.isEmpty()
                ? "the connection was closed instead of an answer"
                : "the connection was closed within a line: '%s'".formatted(line));
      }
      if (c == '\n') {
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
          line.setLength(end - 1);
        }
        return line.toString();
      }
      if (line.length() == LONGEST) {
        throw new HttpFailure("a line of the answer's head is longer than %d".formatted(LONGEST));
      }
      line.append((char) c);
    }
  }
}
