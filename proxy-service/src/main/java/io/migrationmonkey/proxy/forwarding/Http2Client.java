package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.forwarding.ConnectionMetrics.Closed;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that speaks HTTP/2. Its streams are clients of their own; this is what
 * concerns all of them.
 */
final class Http2Client extends ChannelInboundHandlerAdapter implements Client {

  private static final Logger log = LoggerFactory.getLogger(Http2Client.class);

  /** So long streams are taken after the first GOAWAY, which a client may not have read yet. */
  private static final long GOODBYE_MILLIS = 200;

  private final Worker worker;
  private final Http2Codec codec;
  private final FrameWatch watch;
  private @Nullable ChannelHandlerContext ctx;
  private long idleSince;
  private boolean leaving;

  /**
   * @param maxControlFrames that carry nothing for the application, within 10 seconds
   */
  Http2Client(Worker worker, Http2Codec codec, int maxControlFrames) {
    this.worker = worker;
    this.codec = codec;
    this.watch =
        new FrameWatch(
            worker.clock, maxControlFrames, () -> end(Http2Error.ENHANCE_YOUR_CALM, Closed.FLOOD));
  }

  /** What is to see this connection's bytes before its codec does. */
  FrameWatch watch() {
    return watch;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Http2Exception {
    ctx = context;
    idleSince = worker.clock.millis();
    codec.openWindow();
    context.flush();
    worker.joined(this);
    if (worker.stopping()) {
      goodbye();
    }
  }

  @Override
  public void stop(boolean closeIdle) {
    goodbye();
  }

  /**
   * RFC 9113, 6.8: first a GOAWAY that forbids nothing yet, since requests may be on their way;
   * then one that names the last stream taken, and the end when all of them have ended.
   */
  private void goodbye() {
    if (leaving) {
      return;
    }
    leaving = true;
    context()
        .writeAndFlush(
            new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
    var _ =
        worker.loop.schedule(
            () -> {
              context().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
              context().close();
            },
            GOODBYE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void checkTime(long now, long sinceLast) {
    long unfinished = watch.unfinishedSince();
    if (codec.connection().numActiveStreams() > 0) {
      idleSince = now;
    }
    if (unfinished > 0 && now - unfinished > worker.limits.headerTimeout().toMillis()) {
      end(Http2Error.ENHANCE_YOUR_CALM, Closed.TOO_SLOW);
    } else if (!leaving && now - idleSince > worker.limits.idleTimeout().toMillis()) {
      worker.metrics.connections.closed(Closed.IDLE);
      goodbye();
    }
  }

  /** Ends the connection and all its streams now. */
  private void end(Http2Error error, Closed reason) {
    worker.metrics.connections.closed(reason);
    leaving = true;
    context()
        .writeAndFlush(
            new DefaultHttp2GoAwayFrame(
                error, ByteBufUtil.writeAscii(context().alloc(), reason.name())))
        .addListener((ChannelFutureListener) done -> forceClose());
    // A client that does not read does not get the GOAWAY either.
    var _ = worker.loop.schedule(this::forceClose, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
  }

  // Past the codec, which would wait for the streams.
  private void forceClose() {
    var channel = context().channel();
    if (channel.isActive()) {
      channel
          .pipeline()
          .firstContext()
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> channel.unsafe().close(channel.voidPromise()));
    }
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    // SETTINGS, PING and GOAWAY: the codec has done what they ask.
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    worker.left(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof Http2Exception) {
      // The codec answers with a GOAWAY, which is counted as it goes out.
      log.debug("A client's connection of HTTP/2 is malformed: {}", cause.getMessage());
    } else if (cause instanceof IOException
        || (cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
      log.debug("A client's connection broke: {}", cause.getMessage());
      context.channel().unsafe().close(context.channel().voidPromise());
    } else {
      log.error("A client's connection failed for a reason of the proxy's own", cause);
      context.channel().unsafe().close(context.channel().voidPromise());
    }
  }
}
