package io.migrationmonkey.proxy.forwarding;

/**
 * Whoever is at the other end of a client's connection.
 *
 * @param address without a port
 * @param forwarded the same as an element of the Forwarded header
 * @param trusted whether its own word about whom it speaks for is believed
 * @param scheme http or https, as it reached this proxy
 * @param http2 whether it speaks HTTP/2
 */
record Peer(String address, String forwarded, boolean trusted, String scheme, boolean http2) {

  static Peer at(String address, boolean trusted, String scheme) {
    String node = address.contains(":") ? "\"[" + address + "]\"" : address;
    return new Peer(address, "for=%s;proto=%s".formatted(node, scheme), trusted, scheme, false);
  }

  Peer overHttp2() {
    return new Peer(address, forwarded, trusted, scheme, true);
  }
}
