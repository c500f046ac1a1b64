package io.migrationmonkey.proxy.forwarding;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One look at one server, over a connection of its own. */
record HealthCheck(HostPort server, String path, Duration timeout) {

  private static final int STATUS_LINE = 13; // "HTTP/1.1 200 "

  /** What is wrong with the server, or null. */
  @Nullable String problem() {
    int millis = Math.toIntExact(timeout.toMillis());
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server.host(), server.port()), millis);
      if (path.isEmpty()) {
        return null;
      }
      socket.setSoTimeout(millis);
      socket.getOutputStream().write(request());
      byte[] start = socket.getInputStream().readNBytes(STATUS_LINE);
      return problem(new String(start, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private byte[] request() {
    return """
    GET %s HTTP/1.1\r
    Host: %s\r
    User-Agent: migration-monkey-check\r
    Connection: close\r
    \r
    """
        .formatted(path, server)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  static @Nullable String problem(String statusLine) {
    if (!statusLine.matches("HTTP/1\\.[01] [1-5]\\d\\d[ \r]?")) {
      return "it did not answer in HTTP";
    }
    char status = statusLine.charAt(9);
    return status == '2' || status == '3' ? null : "it answered " + statusLine.substring(9, 12);
  }
}
