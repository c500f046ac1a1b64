package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.forwarding.ConnectionMetrics.Closed;
import io.migrationmonkey.proxy.forwarding.ConnectionMetrics.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Where connections come in: who is it, is there room, and what does it speak.
 *
 * <pre>
 *   PROXY header (from peers that send one) ──▶ TLS ──ALPN──▶ HTTP/2 or HTTP/1.1
 *                                          └──▶ no TLS ─────▶ HTTP/1.1, or HTTP/2 by its preface
 * </pre>
 */
@Component
final class FrontDoor {

  private static final Logger log = LoggerFactory.getLogger(FrontDoor.class);

  private final LimitSettings limits;
  private final Http2Settings http2;
  private final Tls tls;
  private final TrafficMetrics metrics;
  private final Duration shutdownDeadline;
  private final List<IpSubnetFilterRule> trusted;
  private final List<IpSubnetFilterRule> loadBalancers;
  private final ConcurrentMap<InetAddress, Integer> peers = new ConcurrentHashMap<>();
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  FrontDoor(
      TrafficSettings traffic,
      LimitSettings limits,
      PeerSettings peers,
      Http2Settings http2,
      Tls tls,
      TrafficMetrics metrics) {
    this.limits = limits;
    this.http2 = http2;
    this.tls = tls;
    this.metrics = metrics;
    this.shutdownDeadline = traffic.shutdownDeadline();
    this.trusted = peers.trustedRules();
    this.loadBalancers = peers.proxyProtocolRules();
  }

  Tls tls() {
    return tls;
  }

  /** Every client's connection. */
  ChannelGroup open() {
    return open;
  }

  /** A connection has come; this is called on the worker's loop. */
  void opened(Channel channel, Worker worker, boolean overTls) {
    boolean tooMany = metrics.connectionOpened() > limits.maxConnections();
    channel.closeFuture().addListener(_ -> metrics.connectionClosed());
    open.add(channel);
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    Arrival arrival = new Arrival(channel, worker, overTls);
    if (PeerSettings.matches(loadBalancers, remote)) {
      arrival.expect(remote.getAddress(), tooMany);
    } else {
      arrival.isFrom(remote.getAddress(), tooMany, false);
    }
  }

  private boolean tooManyOf(InetAddress address, Channel channel) {
    boolean tooMany = peers.merge(address, 1, Integer::sum) > limits.maxConnectionsPerPeer();
    channel
        .closeFuture()
        .addListener(_ ->
            peers.compute(address, (_, count) -> count == null || count <= 1 ? null : count - 1));
    return tooMany;
  }

  /** A connection that has not said yet what it speaks. */
  private final class Arrival implements Client {

    private final Channel channel;
    private final Worker worker;
    private final boolean overTls;
    private final long since;
    private boolean waits;
    private boolean closed;

    private Arrival(Channel channel, Worker worker, boolean overTls) {
      this.channel = channel;
      this.worker = worker;
      this.overTls = overTls;
      this.since = worker.clock.millis();
    }

    private void waits() {
      if (!waits) {
        waits = true;
        worker.joined(this);
        channel.closeFuture().addListener(_ -> worker.left(this));
      }
    }

    private void expect(InetAddress loadBalancer, boolean tooMany) {
      waits();
      ProxyHeader.expect(
          channel.pipeline(),
          new ProxyHeader.Said() {
            @Override
            public void by(@Nullable InetAddress client) {
              isFrom(client == null ? loadBalancer : client, tooMany, true);
            }

            @Override
            public void nothing(String why) {
              log.debug("No PROXY header from {}: {}", loadBalancer, why);
              close(Closed.PROXY_HEADER);
            }
          });
    }

    private void isFrom(InetAddress address, boolean tooManyInAll, boolean relayed) {
      boolean tooMany = tooManyOf(address, channel) || tooManyInAll;
      boolean believed = PeerSettings.matches(trusted, new InetSocketAddress(address, 0));
      Peer direct = Peer.at(address.getHostAddress(), believed, overTls ? "https" : "http");
      Peer peer = relayed ? direct.byLoadBalancer() : direct;
      if (overTls) {
        if (tooMany) {
          // A handshake only to say no is what an attacker would want.
          close(Closed.TOO_MANY);
        } else {
          waits();
          channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Negotiation(peer));
        }
      } else if (http2.cleartext() && !tooMany) {
        waits();
        channel
            .pipeline()
            .addLast(
                new PrefaceSniffer() {
                  @Override
                  void speaks(ChannelHandlerContext ctx, boolean http2) {
                    Arrival.this.speaks(peer, http2);
                  }
                });
      } else {
        http1(peer, tooMany);
      }
    }

    private void speaks(Peer peer, boolean http2) {
      if (http2) {
        http2(peer.overHttp2());
      } else {
        http1(peer, false);
      }
    }

    private void http1(Peer peer, boolean tooMany) {
      worker.left(this);
      metrics.connections.speaks(Protocol.HTTP1);
      Http1Speech speech = new Http1Speech(limits, worker.clock);
      speech.join(channel.pipeline());
      channel.pipeline().addLast(new ClientConnection(worker, channel, speech, peer, tooMany));
    }

    private void http2(Peer peer) {
      worker.left(this);
      metrics.connections.speaks(Protocol.HTTP2);
      // A client of HTTP/2 has no use for a connection that is half open.
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
      Http2Codec codec = Http2Codec.with(http2, limits, shutdownDeadline, metrics);
      Http2Client client = new Http2Client(worker, codec, http2.maxControlFrames());
      channel
          .pipeline()
          .addLast(
              new SoftClose(),
              client.watch(),
              codec,
              new Http2MultiplexHandler(new Streams(peer)),
              client);
    }

    private void close(Closed why) {
      if (closed) {
        return;
      }
      closed = true;
      metrics.connections.closed(why);
      var _ = channel.close();
    }

    @Override
    public void stop(boolean closeIdle) {
      if (closeIdle) {
        var _ = channel.close();
      }
    }

    @Override
    public void checkTime(long now, long sinceLast) {
      if (now - since > limits.headerTimeout().toMillis()) {
        close(Closed.TOO_SLOW);
      }
    }

    /** Each stream is a client of its own. */
    private final class Streams extends ChannelInitializer<Channel> {

      private final Peer peer;

      private Streams(Peer peer) {
        this.peer = peer;
      }

      @Override
      protected void initChannel(Channel stream) {
        Http2Stream speech = new Http2Stream(limits, metrics, http2.streamWindowBytes(), peer);
        stream
            .pipeline()
            .addLast(speech, new ClientConnection(worker, stream, speech, peer, false));
      }
    }

    /** What client and proxy have agreed on within TLS. */
    private final class Negotiation extends ApplicationProtocolNegotiationHandler {

      private final Peer peer;

      private Negotiation(Peer peer) {
        super(ApplicationProtocolNames.HTTP_1_1);
        this.peer = peer;
      }

      @Override
      protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
        speaks(peer, ApplicationProtocolNames.HTTP_2.equals(protocol));
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent over && !over.isSuccess()) {
          log.debug(
              "A TLS handshake with {} failed: {}", peer.address(), over.cause().getMessage());
          close(Closed.TLS_HANDSHAKE);
        } else {
          super.userEventTriggered(ctx, event);
        }
      }

      // What fails the handshake comes here too, and has been counted.
      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("A connection from {} broke in its handshake", peer.address(), cause);
        var _ = channel.close();
      }
    }
  }
}
