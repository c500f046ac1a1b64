package io.migrationmonkey.proxy.forwarding;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import java.time.Clock;

/** HTTP/1.1 and 1.0: one connection, one request after the other. */
final class Http1Speech implements Speech {

  private final StrictRequestDecoder decoder;
  private final ClientResponseEncoder encoder = new ClientResponseEncoder();

  Http1Speech(LimitSettings limits, Clock clock) {
    decoder = new StrictRequestDecoder(Worker.decoderConfig(limits), clock);
  }

  void join(ChannelPipeline pipeline) {
    pipeline.addLast(decoder, encoder);
  }

  @Override
  public int weight() {
    return decoder.headerBytes() + decoder.ahead();
  }

  @Override
  public long headerSince() {
    return decoder.headerSince();
  }

  @Override
  public boolean betweenRequests() {
    return decoder.betweenRequests();
  }

  @Override
  public void answersHead(boolean head) {
    encoder.answersHead(head);
  }

  @Override
  public boolean beginsWhileStopping() {
    return false;
  }

  @Override
  public void breakOff(Channel channel, boolean bodyEndsWithConnection) {
    if (bodyEndsWithConnection) {
      // A plain close would look like the end of the body: only a reset says that it is not. Nor
      // may TLS say good-bye, so this goes by all handlers.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.unsafe().close(channel.voidPromise());
    } else {
      var _ = channel.close();
    }
  }

  @Override
  public void leave(ChannelPipeline pipeline) {
    pipeline.remove(encoder);
    pipeline.remove(decoder);
  }
}
