package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.logging.LogLevel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Netty's codec for HTTP/2 with this proxy's limits, and with counts of what it refuses. */
final class Http2Codec extends Http2FrameCodec {

  private static final int DEFAULT_WINDOW = 65_535;
  private static final int RESET_WINDOW_SECONDS = 30;
  private static final int MOST_REMEMBERED = 200;

  private final TrafficMetrics metrics;
  private final int connectionWindow;
  private final LinkedHashSet<Integer> resetHere = new LinkedHashSet<>();

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
    private final Frames frames = new Frames();

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
      frameLogger(frames);
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
      Http2Codec codec =
          new Http2Codec(
              encoder,
              decoder,
              initial,
              metrics,
              Math.toIntExact(settings.connectionWindow().toBytes()));
      frames.codec = codec;
      return codec;
    }
  }

  // RFC 9113, 5.1: nothing comes after a stream's end, and streams are opened in order. What is
  // still on its way for one that was reset here is passed over.
  private void headersCame(ChannelHandlerContext ctx, int streamId) {
    Http2Stream stream = connection().stream(streamId);
    if (stream != null && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
      onError(
          ctx,
          false,
          Http2Exception.streamError(
              streamId, Http2Error.STREAM_CLOSED, "stream %d has ended", streamId));
    } else if (stream == null
        && connection().remote().mayHaveCreatedStream(streamId)
        && !resetHere.contains(streamId)) {
      onError(
          ctx,
          false,
          Http2Exception.connectionError(
              Http2Error.PROTOCOL_ERROR, "stream %d can't be opened any more", streamId));
    }
  }

  private void resetGoesOut(int streamId, long error) {
    metrics.connections.streamError(error);
    resetHere.add(streamId);
    if (resetHere.size() > MOST_REMEMBERED) {
      resetHere.removeFirst();
    }
  }

  /** Netty shows each frame to its logger: this one logs nothing, and tells the codec. */
  private static final class Frames extends Http2FrameLogger {

    private @Nullable Http2Codec codec;

    private Frames() {
      super(LogLevel.TRACE, Frames.class);
    }

    private Http2Codec codec() {
      return Objects.requireNonNull(codec);
    }

    @Override
    public void logHeaders(
        Direction direction,
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endStream) {
      if (direction == Direction.INBOUND) {
        codec().headersCame(ctx, streamId);
      }
    }

    @Override
    public void logHeaders(
        Direction direction,
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endStream) {
      logHeaders(direction, ctx, streamId, headers, padding, endStream);
    }

    @Override
    public void logRstStream(
        Direction direction, ChannelHandlerContext ctx, int streamId, long errorCode) {
      if (direction == Direction.OUTBOUND) {
        codec().resetGoesOut(streamId, errorCode);
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
        codec().metrics.connections.connectionError(errorCode);
      }
    }
  }
}
