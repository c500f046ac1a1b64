package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One connection to a server: carries one exchange at a time, and rests in the pool between. */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

  private final Worker worker;
  private final ServerName server;
  private @Nullable Channel channel;
  private @Nullable Exchange exchange;
  private boolean released;
  private long restingSince;

  UpstreamConnection(Worker worker, ServerName server) {
    this.worker = worker;
    this.server = server;
  }

  ServerName server() {
    return server;
  }

  Channel channel() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("not connected to " + server + " yet");
    }
    return open;
  }

  boolean isOpen() {
    return channel().isActive();
  }

  boolean isWritable() {
    return channel().isWritable();
  }

  void restsSince(long millis) {
    restingSince = millis;
  }

  long restingSince() {
    return restingSince;
  }

  /** Begins an exchange. The future says whether the header went out. */
  ChannelFuture send(Exchange next, HttpRequest request) {
    exchange = next;
    return channel().write(request);
  }

  void write(HttpObject part) {
    var _ = channel().write(part, channel().voidPromise());
  }

  void flush() {
    channel().flush();
  }

  void read(boolean on) {
    Reading.set(channel(), on);
  }

  /**
   * Ends the exchange. The connection goes back to the pool only when all that has been read is
   * looked at: a server that sent more than its response must not answer the next request with it.
   */
  void release() {
    exchange = null;
    released = true;
    read(true);
  }

  /** Ends the exchange and the connection. The exchange hears no more. */
  void close() {
    exchange = null;
    released = false;
    var _ = channel().close();
  }

  /** Hands the bytes of this connection to a tunnel. */
  void becomeTunnel(Tunnel.End end) {
    exchange = null;
    channel().pipeline().addLast(end);
    channel().pipeline().remove(this);
    channel().pipeline().remove(HttpClientCodec.class);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Exchange current = exchange;
    if (current != null && message instanceof HttpObject part) {
      current.fromServer(part);
    } else {
      ReferenceCountUtil.release(message);
      worker.upstream(server).remove(this);
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (released) {
      released = false;
      if (ctx.channel().isActive()) {
        worker.upstream(server).giveBack(this);
      }
    }
    Exchange current = exchange;
    if (current != null) {
      current.serverPaused();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null && ctx.channel().isWritable()) {
      current.serverTakesMore();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lost("it closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    lost(String.valueOf(cause.getMessage()));
    var _ = ctx.close();
  }

  private void lost(String why) {
    Exchange current = exchange;
    exchange = null;
    released = false;
    worker.upstream(server).remove(this);
    if (current != null) {
      current.serverLost(why);
    }
  }
}
