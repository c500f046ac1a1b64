package io.migrationmonkey.proxy.forwarding;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/** Reading from a connection, or not for now. */
final class Reading {

  private Reading() {}

  // A side that has ended is registered for nothing any more, and asking for more of it fails.
  static void set(Channel channel, boolean on) {
    boolean ended = channel instanceof DuplexChannel duplex && duplex.isInputShutdown();
    if (!ended && channel.config().isAutoRead() != on) {
      channel.config().setAutoRead(on);
    }
  }
}
