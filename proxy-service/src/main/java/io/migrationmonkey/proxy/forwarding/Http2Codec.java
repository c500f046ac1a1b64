package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.logging.LogLevel;
import java.time.Duration;

/** Netty's codec for HTTP/2 with this proxy's limits, and with counts of what it refuses. */
final class Http2Codec extends Http2FrameCodec {

  private static final int DEFAULT_WINDOW = 65_535;
  private static final int RESET_WINDOW_SECONDS = 30;

  private final TrafficMetrics metrics;
  private final int connectionWindow;

  private Http2Codec(
      Http2ConnectionEncoder encoder,
      Http2ConnectionDecoder decoder,
      io.netty.handler.codec.http2.Http2Settings initial,
      TrafficMetrics metrics,
      int connectionWindow) {
    super(encoder, decoder, initial, false, true);
    this.metrics = metrics;
    this.connectionWindow = connectionWindow;
  }

  /**
   * @param shutdownDeadline how long streams may take to end once the connection is to close
   */
  static Http2Codec with(
      Http2Settings settings,
      LimitSettings limits,
      Duration shutdownDeadline,
      TrafficMetrics metrics) {
    return new Builder(settings, limits, shutdownDeadline, metrics).build();
  }

  /** The window of SETTINGS is for streams alone; the connection's own is opened by hand. */
  void openWindow() throws Http2Exception {
    if (connectionWindow > DEFAULT_WINDOW) {
      connection()
          .local()
          .flowController()
          .incrementWindowSize(connection().connectionStream(), connectionWindow - DEFAULT_WINDOW);
    }
  }

  @Override
  protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
    metrics.ended(TrafficMetrics.Outcome.REFUSED);
    metrics.refused(Problem.Kind.HEADER_TOO_LARGE);
    super.handleServerHeaderDecodeSizeError(ctx, stream);
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2Codec, Builder> {

    private final Http2Settings settings;
    private final TrafficMetrics metrics;

    private Builder(
        Http2Settings settings,
        LimitSettings limits,
        Duration shutdownDeadline,
        TrafficMetrics metrics) {
      this.settings = settings;
      this.metrics = metrics;
      server(true);
      validateHeaders(true);
      validateRequiredPseudoHeaders(true);
      gracefulShutdownTimeoutMillis(shutdownDeadline.toMillis());
      decoderEnforceMaxRstFramesPerWindow(settings.maxResets(), RESET_WINDOW_SECONDS);
      encoderEnforceMaxRstFramesPerWindow(settings.maxResets(), RESET_WINDOW_SECONDS);
      frameLogger(new ErrorCounter(metrics.connections));
      initialSettings(
          io.netty.handler.codec.http2.Http2Settings.defaultSettings()
              .maxConcurrentStreams(settings.maxStreams())
              .initialWindowSize(settings.streamWindowBytes())
              .maxHeaderListSize(limits.maxHeader().toBytes()));
    }

    @Override
    protected Http2Codec build() {
      return super.build();
    }

    @Override
    protected Http2Codec build(
        Http2ConnectionDecoder decoder,
        Http2ConnectionEncoder encoder,
        io.netty.handler.codec.http2.Http2Settings initial) {
      return new Http2Codec(
          encoder,
          decoder,
          initial,
          metrics,
          Math.toIntExact(settings.connectionWindow().toBytes()));
    }
  }

  /** Sees what goes out, and logs nothing. */
  private static final class ErrorCounter extends Http2FrameLogger {

    private final ConnectionMetrics metrics;

    private ErrorCounter(ConnectionMetrics metrics) {
      super(LogLevel.TRACE, ErrorCounter.class);
      this.metrics = metrics;
    }

    @Override
    public void logRstStream(
        Direction direction, ChannelHandlerContext ctx, int streamId, long errorCode) {
      if (direction == Direction.OUTBOUND) {
        metrics.streamError(errorCode);
      }
    }

    @Override
    public void logGoAway(
        Direction direction,
        ChannelHandlerContext ctx,
        int lastStreamId,
        long errorCode,
        ByteBuf debugData) {
      if (direction == Direction.OUTBOUND) {
        metrics.connectionError(errorCode);
      }
    }
  }
}
