package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.Gate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Bytes both ways after a protocol switch (WebSocket). In flight until either side closes. */
final class Tunnel {

  private final Worker worker;
  private final ServerName server;
  private final Channel client;
  private final Channel upstream;
  private final Gate.Claim claim;

  Tunnel(Worker worker, ServerName server, Channel client, Channel upstream, Gate.Claim claim) {
    this.worker = worker;
    this.server = server;
    this.client = client;
    this.upstream = upstream;
    this.claim = claim;
  }

  ServerName server() {
    return server;
  }

  End clientEnd() {
    return new End(upstream);
  }

  End upstreamEnd() {
    return new End(client);
  }

  void close() {
    worker.closed(this);
    claim.close();
    finish(client);
    finish(upstream);
  }

  // What was written goes out before the close, unless the other side does not read it.
  private static void finish(Channel channel) {
    if (channel.isActive() && channel.isWritable()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      var _ = channel.close();
    }
  }

  /** Passes on what one side sends to the other. */
  final class End extends ChannelInboundHandlerAdapter {

    private final Channel other;

    private End(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        var _ = other.write(bytes, other.voidPromise());
        if (!other.isWritable()) {
          ctx.channel().config().setAutoRead(false);
        }
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      other.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      other.config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      close();
    }
  }
}
