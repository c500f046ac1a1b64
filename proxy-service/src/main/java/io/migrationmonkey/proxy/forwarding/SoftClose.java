package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * Ends our side of a connection first, and all of it once the client has ended its own: closed at
 * once, the kernel might throw away what the client has not read yet.
 */
final class SoftClose extends ChannelOutboundHandlerAdapter {

  private static final long LINGER_MILLIS = 1000;

  private boolean closing;

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (closing || !ctx.channel().isActive() || !(ctx.channel() instanceof DuplexChannel duplex)) {
      ctx.close(promise);
      return;
    }
    closing = true;
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> HalfClose.output(duplex));
    var _ = ctx.executor().schedule(() -> ctx.close(promise), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }
}
