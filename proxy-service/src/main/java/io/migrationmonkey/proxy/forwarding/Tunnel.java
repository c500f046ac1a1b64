package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket: bytes both ways, in flight until either side closes. Where it has to end, both sides
 * are told so with a close frame, put where a frame of theirs may be.
 */
final class Tunnel implements Drain.LongLived {

  private static final long TO_THE_NEXT_FRAME_MILLIS = 250;
  private static final long LINGER_MILLIS = 1000;

  // RFC 6455, 5.5.1 and 7.4: "service restart" (1012) for the client, which is to come back, and
  // "going away" (1001) for the server.
  private static final byte[] TO_CLIENT = {(byte) 0x88, 2, 0x03, (byte) 0xf4};
  private static final byte[] GOING_AWAY = {0x03, (byte) 0xe9};
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Worker worker;
  private final ServerName server;
  private final Channel client;
  private final Channel upstream;
  private final Runnable over;
  private final FrameTracker fromClient = new FrameTracker();
  private final FrameTracker fromServer = new FrameTracker();
  private boolean ending;
  private boolean told;
  private boolean closed;

  private Tunnel(
      Worker worker, ServerName server, Channel client, Channel upstream, Runnable over) {
    this.worker = worker;
    this.server = server;
    this.client = client;
    this.upstream = upstream;
    this.over = over;
  }

  /**
   * Hands both connections over to a new tunnel.
   *
   * @param over run once, when the server works for it no more
   */
  static void between(
      Worker worker, ClientConnection client, UpstreamConnection to, Runnable over) {
    Tunnel tunnel = new Tunnel(worker, to.server(), client.channel(), to.channel(), over);
    to.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    client.becomeTunnel(tunnel.new End(tunnel.upstream, tunnel.fromClient, false));
    to.becomeTunnel(tunnel.new End(tunnel.client, tunnel.fromServer, true));
    worker.drain.add(tunnel);
  }

  @Override
  public ServerName server() {
    return server;
  }

  @Override
  public TrafficMetrics.LongLivedKind kind() {
    return TrafficMetrics.LongLivedKind.WEBSOCKET;
  }

  /** Ends it between two frames, or in the middle of one that does not come to its end. */
  @Override
  public void end() {
    ending = true;
    if (fromServer.betweenFrames()) {
      tellBoth();
    } else {
      var _ = worker.loop.schedule(this::close, TO_THE_NEXT_FRAME_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  // The server is left at once, since somebody waits for that; the client may take its time to
  // answer.
  private void tellBoth() {
    if (told || closed) {
      return;
    }
    told = true;
    if (!fromServer.closed()) {
      client.writeAndFlush(Unpooled.wrappedBuffer(TO_CLIENT));
    }
    if (fromClient.betweenFrames() && !fromClient.closed()) {
      upstream.writeAndFlush(Unpooled.wrappedBuffer(toServer()));
    }
    leaveServer();
    Reading.set(client, true);
    var _ = worker.loop.schedule(this::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  // RFC 6455, 5.3: what a client sends is masked, by a key that nobody can foresee.
  private static byte[] toServer() {
    byte[] mask = new byte[4];
    RANDOM.nextBytes(mask);
    return new byte[] {
      (byte) 0x88,
      (byte) 0x82,
      mask[0],
      mask[1],
      mask[2],
      mask[3],
      (byte) (GOING_AWAY[0] ^ mask[0]),
      (byte) (GOING_AWAY[1] ^ mask[1])
    };
  }

  private void leaveServer() {
    worker.drain.remove(this);
    over.run();
    finish(upstream);
  }

  private void close() {
    if (!closed) {
      closed = true;
      leaveServer();
      finish(client);
    }
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
    private final FrameTracker frames;
    private final boolean servers;

    private End(Channel other, FrameTracker frames, boolean servers) {
      this.other = other;
      this.frames = frames;
      this.servers = servers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof ByteBuf bytes)) {
        ReferenceCountUtil.release(message);
        return;
      }
      int boundary = frames.passing(bytes);
      if (told) {
        bytes.release();
        if (!servers && frames.closed()) {
          close();
        }
        return;
      }
      boolean lastOne = ending && servers && boundary >= 0;
      if (lastOne) {
        bytes.writerIndex(boundary);
      }
      var _ = other.write(bytes, other.voidPromise());
      if (lastOne) {
        tellBoth();
      } else if (!other.isWritable()) {
        Reading.set(ctx.channel(), false);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      other.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Reading.set(other, ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        sideHasEnded(ctx.channel());
      }
    }

    private void sideHasEnded(Channel mine) {
      if (told && servers) {
        return;
      }
      boolean both =
          told
              || !(other instanceof DuplexChannel duplex)
              || duplex.isInputShutdown()
              || !mine.isActive();
      if (both) {
        close();
      } else {
        other
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(_ -> {
              if (other instanceof DuplexChannel duplex) {
                HalfClose.output(duplex);
              }
            });
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      closeUnlessLeft();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      closeUnlessLeft();
    }

    // Once both are told the server has been left, and its end is no reason to cut off a client
    // that has not read yet what it was told.
    private void closeUnlessLeft() {
      if (!(told && servers)) {
        close();
      }
    }
  }
}
