package io.migrationmonkey.proxy.forwarding;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The PROXY protocol, 1 and 2: a load balancer's word on whom its connection is for. */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {

  /** Hears of what the header says, exactly once. */
  interface Said {

    /** Whom it is for; null where the load balancer speaks for itself. */
    void by(@Nullable InetAddress client);

    /** It is none, or a bad one. */
    void nothing(String why);
  }

  private final Said said;
  private boolean over;

  private ProxyHeader(Said said) {
    this.said = said;
  }

  static void expect(ChannelPipeline pipeline, Said said) {
    pipeline.addLast(new HAProxyMessageDecoder(), new ProxyHeader(said));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage message) {
    if (over) {
      return;
    }
    over = true;
    said.by(client(message));
    // What follows the header comes to whoever stands here next.
    ctx.pipeline().remove(this);
  }

  // UNKNOWN, UNSPEC and unix sockets have no address that means anything here.
  private static @Nullable InetAddress client(HAProxyMessage message) {
    String address = message.sourceAddress();
    byte[] bytes =
        message.command() == HAProxyCommand.PROXY && address != null
            ? NetUtil.createByteArrayFromIpAddressString(address)
            : null;
    if (bytes == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!over) {
      over = true;
      said.nothing(String.valueOf(cause.getMessage()));
    }
  }
}
