package io.migrationmonkey.proxy.forwarding;

/**
 * Where a server listens.
 *
 * @param host a name or an address
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

  /**
   * Reads {@code host:port}, or {@code [address]:port} for IPv6.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static HostPort of(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 1 ? "" : text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    if (host.isBlank() || !port.matches("\\d{1,5}") || !isPort(Integer.parseInt(port))) {
      throw new IllegalArgumentException(
          "'%s' is not a host and a port from 1 to 65535, such as production:80".formatted(text));
    }
    return new HostPort(host, Integer.parseInt(port));
  }

  private static boolean isPort(int number) {
    return number >= 1 && number <= 65535;
  }

  @Override
  public String toString() {
    return host.contains(":") ? "[%s]:%d".formatted(host, port) : host + ":" + port;
  }
}
