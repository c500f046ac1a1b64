package io.migrationmonkey.lab.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The first part of an answer.
 *
 * @param headers by name, whatever the case; of a repeated header the last value
 */
public record Head(int status, Map<String, String> headers) {

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  boolean interim() {
    return status >= 100 && status < 200;
  }

  boolean bodiless() {
    return status == 204 || status == 304;
  }

  boolean chunked() {
    return header("Transfer-Encoding").map(String::strip).orElse("").equalsIgnoreCase("chunked");
  }

  boolean closes() {
    return header("Connection").map(String::strip).orElse("").equalsIgnoreCase("close");
  }

  long length() throws HttpFailure {
    String text =
        header("Content-Length")
            .orElseThrow(() ->
                new HttpFailure(
                    "the answer has neither length nor chunks: a whole one can't be told from a"
                        + " truncated one"));
    try {
      return Long.parseUnsignedLong(text.strip());
    } catch (NumberFormatException e) {
      throw new HttpFailure("the answer's Content-Length is '%s'".formatted(text), e);
    }
  }

  static Head read(InputStream in) throws IOException {
    String line = Lines.next(in);
    String[] parts = line.split(" ", 3);
    if (parts.length < 2 || !parts[0].equals("HTTP/1.1") || !parts[1].matches("[1-5]\\d\\d")) {
      throw new HttpFailure("not the status line of an HTTP/1.1 answer: '%s'".formatted(line));
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String field = Lines.next(in); !field.isEmpty(); field = Lines.next(in)) {
      int colon = field.indexOf(':');
      if (colon < 1) {
        throw new HttpFailure("not a header: '%s'".formatted(field));
      }
      headers.put(field.substring(0, colon), field.substring(colon + 1).strip());
    }
    return new Head(Integer.parseInt(parts[1]), headers);
  }
}
