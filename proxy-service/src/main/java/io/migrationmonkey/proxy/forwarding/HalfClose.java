package io.migrationmonkey.proxy.forwarding;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends our side of a connection, and leaves the other side's to itself. */
final class HalfClose {

  private HalfClose() {}

  // Without TLS's own good-bye the other side could not tell the end from an attacker's cut.
  static void output(DuplexChannel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      var _ = channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(_ -> channel.shutdownOutput());
    }
  }
}
