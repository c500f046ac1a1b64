package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Clock;
import java.util.List;

/**
 * Netty's decoder, which joins folded header lines without a word, made to refuse them; and it
 * knows since when a header has been arriving.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {

  private enum At {
    REQUEST_LINE,
    HEADER,
    BODY,
    REFUSED
  }

  private final Clock clock;
  private At at = At.REQUEST_LINE;
  private long headerSince;
  private int headerBytes;

  StrictRequestDecoder(HttpDecoderConfig config, Clock clock) {
    super(config);
    this.clock = clock;
  }

  /** Milliseconds of the clock at which the header that is arriving now began; 0 when none is. */
  long headerSince() {
    return headerSince;
  }

  /** True where the client may end its side without leaving a request unfinished. */
  boolean betweenRequests() {
    return at == At.REQUEST_LINE && headerSince == 0;
  }

  /** Bytes that have been read and not been decoded yet. */
  int ahead() {
    return actualReadableBytes();
  }

  /** Bytes of the latest header. */
  int headerBytes() {
    return headerBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (at == At.REFUSED) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (at != At.BODY) {
      if (headerSince == 0) {
        headerSince = clock.millis();
        headerBytes = 0;
      }
      if (folded(in)) {
        at = At.REFUSED;
        headerSince = 0;
        in.skipBytes(in.readableBytes());
        HttpMessage refused = createInvalidMessage();
        refused.setDecoderResult(
            DecoderResult.failure(
                new IllegalArgumentException("a header line begins with white space (obs-fold)")));
        out.add(refused);
        return;
      }
    }
    int before = out.size();
    int readable = in.readableBytes();
    super.decode(ctx, in, out);
    if (headerSince > 0) {
      headerBytes += readable - in.readableBytes();
    }
    for (int i = before; i < out.size(); i++) {
      Object decoded = out.get(i);
      if (decoded instanceof LastHttpContent) {
        at = At.REQUEST_LINE;
      } else if (decoded instanceof HttpMessage) {
        at = At.BODY;
        headerSince = 0;
      }
    }
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) throws Exception {
    at = At.HEADER;
    return super.createMessage(initialLine);
  }

  // The decoder takes whole lines only, so what is left always begins with a line.
  private boolean folded(ByteBuf in) {
    int from = in.readerIndex();
    int end = in.writerIndex();
    if (at == At.REQUEST_LINE) {
      // As the decoder does: whatever precedes the request line is passed over.
      while (from < end && isControlOrSpace(in.getByte(from))) {
        from++;
      }
    } else if (from < end && isBlank(in.getByte(from))) {
      return true;
    }
    while (from < end) {
      int lineFeed = in.indexOf(from, end, (byte) '\n');
      if (lineFeed < 0) {
        return false;
      }
      boolean emptyLine =
          lineFeed == from || (lineFeed == from + 1 && in.getByte(from) == (byte) '\r');
      if (emptyLine) {
        return false;
      }
      from = lineFeed + 1;
      if (from < end && isBlank(in.getByte(from))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static boolean isControlOrSpace(byte b) {
    return (b >= 0 && b <= ' ') || b == 127;
  }
}
