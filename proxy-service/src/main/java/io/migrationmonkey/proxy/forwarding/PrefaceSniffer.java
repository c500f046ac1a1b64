package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells by a connection's first bytes whether it speaks HTTP/2. */
abstract class PrefaceSniffer extends ByteToMessageDecoder {

  private static final Logger log = LoggerFactory.getLogger(PrefaceSniffer.class);

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Called once, with this handler still in the pipeline. */
  abstract void speaks(ChannelHandlerContext ctx, boolean http2);

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int from = in.readerIndex();
    int known = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < known; i++) {
      if (in.getByte(from + i) != PREFACE[i]) {
        decided(ctx, false);
        return;
      }
    }
    if (known == PREFACE.length) {
      decided(ctx, true);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("A connection broke before it said what it speaks: {}", cause.getMessage());
    var _ = ctx.close();
  }

  // Removed, a decoder hands on what it has read.
  private void decided(ChannelHandlerContext ctx, boolean http2) {
    speaks(ctx, http2);
    ctx.pipeline().remove(this);
  }
}
