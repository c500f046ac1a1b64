package io.migrationmonkey.proxy.forwarding;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;

/** How a client speaks: what lies between the bytes of its connection and its requests. */
interface Speech {

  /** Bytes that the request which has just been read takes in memory while it waits. */
  int weight();

  /** Milliseconds of the clock at which the header that is arriving now began; 0 when none is. */
  long headerSince();

  /** True where the client may end its side without leaving a request unfinished. */
  boolean betweenRequests();

  /** Says whether the next response answers HEAD, and so has no body whatever it says. */
  void answersHead(boolean head);

  /** True where a request is taken though the proxy has begun to stop. */
  boolean beginsWhileStopping();

  /**
   * Closes so that the client can tell that its response is not whole.
   *
   * @param bodyEndsWithConnection whether the client takes the connection's end for the body's
   */
  void breakOff(Channel channel, boolean bodyEndsWithConnection);

  /** Takes all of it away, for a connection that speaks HTTP no more. */
  void leave(ChannelPipeline pipeline);
}
