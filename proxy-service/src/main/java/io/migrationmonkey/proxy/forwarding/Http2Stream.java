package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.PromiseNotifier;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of HTTP/2, which carries one request: its frames as the objects of HTTP/1.1. */
final class Http2Stream extends ChannelDuplexHandler implements Speech {

  private static final Logger log = LoggerFactory.getLogger(Http2Stream.class);

  /** What a field takes beyond its name and value, as RFC 9113, 10.5.1 counts it. */
  private static final int FIELD_OVERHEAD = 32;

  // RFC 9113, 8.2.2: none of these may be in a message.
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te");

  private final LimitSettings limits;
  private final TrafficMetrics metrics;
  private final int window;
  private final Peer peer;
  private boolean asked;
  private boolean askedInFull;
  private int weight;
  private boolean answersHead;
  private @Nullable HttpResponse head;
  private @Nullable ChannelFuture ended;

  /**
   * @param window bytes of a body that the client may send before any of it is read
   */
  Http2Stream(LimitSettings limits, TrafficMetrics metrics, int window, Peer peer) {
    this.limits = limits;
    this.metrics = metrics;
    this.window = window;
    this.peer = peer;
  }

  @Override
  public int weight() {
    return weight;
  }

  @Override
  public long headerSince() {
    return 0;
  }

  @Override
  public boolean betweenRequests() {
    return false;
  }

  @Override
  public void answersHead(boolean answers) {
    answersHead = answers;
  }

  // What a client has sent before it heard that the proxy stops is served: see Http2Client.
  @Override
  public boolean beginsWhileStopping() {
    return true;
  }

  @Override
  public void breakOff(Channel channel, boolean bodyEndsWithConnection) {
    var _ = channel.close();
  }

  @Override
  public void leave(ChannelPipeline pipeline) {
    throw new IllegalStateException("a stream of HTTP/2 never becomes a tunnel");
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case Http2HeadersFrame frame when !asked -> begin(ctx, frame);
      case Http2HeadersFrame frame -> trailers(ctx, frame.headers());
      case Http2DataFrame frame -> {
        askedInFull = frame.isEndStream();
        ctx.fireChannelRead(
            askedInFull
                ? new DefaultLastHttpContent(frame.content())
                : new DefaultHttpContent(frame.content()));
      }
      default -> ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    asked = true;
    Http2Headers headers = frame.headers();
    String wrong = Http2Request.problem(headers);
    if (wrong != null) {
      malformed(ctx, wrong);
      return;
    }
    boolean whole = frame.isEndStream();
    askedInFull = whole;
    weight = whole ? 0 : (int) Math.min(window, headers.getLong("content-length", window));
    for (Map.Entry<CharSequence, CharSequence> each : headers) {
      weight += each.getKey().length() + each.getValue().length() + FIELD_OVERHEAD;
    }
    HttpRequest request;
    try {
      request = Http2Request.of(headers, whole, limits, peer);
    } catch (IllegalArgumentException e) {
      malformed(ctx, String.valueOf(e.getMessage()));
      return;
    }
    ctx.fireChannelRead(request);
    if (whole) {
      ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void trailers(ChannelHandlerContext ctx, Http2Headers headers) {
    LastHttpContent last = new DefaultLastHttpContent();
    try {
      headers.forEach(each -> last.trailingHeaders().add(each.getKey(), each.getValue()));
    } catch (IllegalArgumentException e) {
      malformed(ctx, String.valueOf(e.getMessage()));
      return;
    }
    askedInFull = true;
    ctx.fireChannelRead(last);
  }

  private void malformed(ChannelHandlerContext ctx, String what) {
    log.debug("A stream is malformed: {}", what);
    metrics.ended(TrafficMetrics.Outcome.REFUSED);
    metrics.refused(Problem.Kind.BAD_REQUEST);
    reset(ctx, Http2Error.PROTOCOL_ERROR, ctx.newPromise());
  }

  private static void reset(ChannelHandlerContext ctx, Http2Error error, ChannelPromise promise) {
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(error));
    ctx.close(promise);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response) {
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        ReferenceCountUtil.release(message);
        ctx.write(new DefaultHttp2HeadersFrame(headers(response), false), promise);
        return;
      }
      head = response;
    }
    switch (message) {
      case LastHttpContent last -> end(ctx, last, promise);
      case HttpContent part -> body(ctx, part, promise);
      case ByteBuf nothing -> {
        nothing.release();
        whenEnded(promise);
      }
      default -> done(promise);
    }
  }

  // An empty buffer asks when all is out that was written.
  private void whenEnded(ChannelPromise promise) {
    ChannelFuture response = ended;
    if (response == null) {
      done(promise);
    } else {
      PromiseNotifier.cascade(response, promise);
    }
  }

  private void body(ChannelHandlerContext ctx, HttpContent part, ChannelPromise promise) {
    if (answersHead || !part.content().isReadable()) {
      part.release();
      done(promise);
    } else {
      writeHead(ctx);
      ctx.write(new DefaultHttp2DataFrame(part.content(), false), promise);
    }
  }

  private void end(ChannelHandlerContext ctx, LastHttpContent last, ChannelPromise promise) {
    ChannelPromise whole = promise.isVoid() ? ctx.newPromise() : promise;
    ended = whole;
    HttpResponse first = head;
    boolean hasTrailers = !last.trailingHeaders().isEmpty() && !answersHead;
    boolean hasBody = last.content().isReadable() && !answersHead;
    if (first != null && !hasBody && !hasTrailers) {
      head = null;
      last.release();
      ctx.write(new DefaultHttp2HeadersFrame(headers(first), true), whole);
      return;
    }
    writeHead(ctx);
    if (hasTrailers) {
      if (hasBody) {
        ctx.write(new DefaultHttp2DataFrame(last.content(), false));
      } else {
        last.release();
      }
      Http2Headers trailers = new DefaultHttp2Headers();
      copy(last.trailingHeaders(), trailers);
      ctx.write(new DefaultHttp2HeadersFrame(trailers, true), whole);
    } else {
      ctx.write(new DefaultHttp2DataFrame(last.content(), true), whole);
    }
  }

  /** The header waits for what comes next, since that may be the end of the stream. */
  private void writeHead(ChannelHandlerContext ctx) {
    HttpResponse first = head;
    if (first != null) {
      head = null;
      ctx.write(new DefaultHttp2HeadersFrame(headers(first), false));
    }
  }

  private static void done(ChannelPromise promise) {
    if (!promise.isVoid()) {
      promise.setSuccess();
    }
  }

  private static Http2Headers headers(HttpResponse response) {
    Http2Headers headers = new DefaultHttp2Headers();
    headers.status(response.status().codeAsText());
    copy(response.headers(), headers);
    return headers;
  }

  private static void copy(HttpHeaders from, Http2Headers to) {
    Iterator<Map.Entry<CharSequence, CharSequence>> each = from.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = each.next();
      AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
      if (!OF_THE_CONNECTION.contains(name.toString())) {
        to.add(name, field.getValue());
      }
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    writeHead(ctx);
    ctx.flush();
  }

  /**
   * A stream whose response is whole ends as such; any other is reset, so that the client knows.
   */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    ChannelFuture response = ended;
    head = null;
    if (response == null || !response.isDone()) {
      reset(ctx, asked ? Http2Error.INTERNAL_ERROR : Http2Error.REFUSED_STREAM, promise);
    } else if (askedInFull) {
      ctx.close(promise);
    } else {
      // RFC 9113, 8.1: the rest of a request that was answered early is not asked for.
      reset(ctx, Http2Error.NO_ERROR, promise);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception || cause instanceof Http2FrameStreamException) {
      log.debug("A stream broke: {}", cause.getMessage());
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
