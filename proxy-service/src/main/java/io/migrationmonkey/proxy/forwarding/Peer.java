package io.migrationmonkey.proxy.forwarding;

import io.netty.util.AsciiString;

/**
 * Whoever is at the other end of a client's connection.
 *
 * @param address without a port
 * @param forwarded the same as an element of the Forwarded header
 * @param trusted whether its own word about whom it speaks for is believed
 * @param scheme http or https, as it reached this proxy
 * @param http2 whether it speaks HTTP/2
 * @param relayed whether a load balancer that is known here has brought it
 */
record Peer(
    String address,
    String forwarded,
    boolean trusted,
    String scheme,
    boolean http2,
    boolean relayed) {

  static Peer at(String address, boolean trusted, String scheme) {
    String node = address.contains(":") ? "\"[" + address + "]\"" : address;
    return new Peer(
        address, "for=%s;proto=%s".formatted(node, scheme), trusted, scheme, false, false);
  }

  Peer overHttp2() {
    return new Peer(address, forwarded, trusted, scheme, true, relayed);
  }

  Peer byLoadBalancer() {
    return new Peer(address, forwarded, trusted, scheme, http2, true);
  }

  /**
   * RFC 9110, 7.4: a URI that is https may be asked for over TLS alone, unless somebody who is
   * believed has taken the TLS off.
   */
  boolean mayAskFor(CharSequence asked) {
    return trusted
        || relayed
        || scheme.equals("https")
        || !AsciiString.contentEqualsIgnoreCase("https", asked);
  }
}
