package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.ProxySettings;
import io.migrationmonkey.proxy.routing.Gate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The traffic port. Starts last and stops first: it stops accepting, answers what is in flight
 * within a deadline, and then closes. Where another process takes the port over, it goes on
 * accepting what was on its way to it, and every client hears with its next answer that it is to
 * connect anew.
 */
@Component
public final class TrafficServer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(TrafficServer.class);

  /** The slowest handshake that a process that ends sees through. */
  private static final Duration LAST_HANDSHAKES = Duration.ofSeconds(1);

  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private final TrafficSettings settings;
  private final LimitSettings limits;
  private final List<IpSubnetFilterRule> trusted;
  private final UpstreamSettings upstreams;
  private final Gate gate;
  private final Clock clock;
  private final TrafficMetrics metrics;
  private final ServerHealth health;
  private final boolean overlap;
  private final ConcurrentMap<InetAddress, Integer> peers = new ConcurrentHashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final IdentityHashMap<EventLoop, Worker> workers = new IdentityHashMap<>();
  private @Nullable EventLoopGroup acceptor;
  private @Nullable EventLoopGroup loops;
  private @Nullable DnsAddressResolverGroup resolver;
  private volatile @Nullable Channel listening;

  TrafficServer(
      TrafficSettings settings,
      LimitSettings limits,
      PeerSettings peers,
      UpstreamSettings upstreams,
      Gate gate,
      Clock clock,
      TrafficMetrics metrics,
      ServerHealth health,
      ProxySettings proxy) {
    this.settings = settings;
    this.limits = limits;
    this.trusted = peers.rules();
    this.upstreams = upstreams;
    this.gate = gate;
    this.clock = clock;
    this.metrics = metrics;
    this.health = health;
    this.overlap = proxy.overlap();
  }

  /**
   * The port that clients connect to.
   *
   * @throws IllegalStateException while it does not listen
   */
  public int port() {
    Channel open = listening;
    if (open == null) {
      throw new IllegalStateException("the traffic port is not open");
    }
    return ((InetSocketAddress) open.localAddress()).getPort();
  }

  @Override
  public void start() {
    Transport transport = Transport.best(settings.nativeTransport());
    EventLoopGroup accepting = new MultiThreadIoEventLoopGroup(1, transport.io());
    EventLoopGroup serving = new MultiThreadIoEventLoopGroup(settings.eventLoops(), transport.io());
    // Without a cache: the names are asked for every second anyway.
    DnsAddressResolverGroup dns =
        new DnsAddressResolverGroup(
            new DnsNameResolverBuilder()
                .datagramChannelType(transport.datagram())
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .queryTimeoutMillis(settings.connectTimeout().toMillis())
                .resolveCache(NoopDnsCache.INSTANCE));
    acceptor = accepting;
    loops = serving;
    resolver = dns;
    UpstreamNames names = new UpstreamNames(upstreams, dns);
    names.refreshOn(serving.next());
    for (EventExecutor each : serving) {
      EventLoop loop = (EventLoop) each;
      workers.put(
          loop,
          new Worker(
              loop, gate, clock, settings, limits, upstreams, metrics, health, transport, names));
    }
    gate.watch(() -> onEachWorker(Worker::gateChanged));
    ServerBootstrap port =
        new ServerBootstrap()
            .group(accepting, serving)
            .channel(transport.listening())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted(channel);
                  }
                });
    if (overlap) {
      port.option(transport.sharedPort(), true);
    }
    Channel open = port.bind(settings.port()).syncUninterruptibly().channel();
    if (overlap && !SharedPort.steerToNewest(open)) {
      log.warn(
          "{} can't have new connections go to the newest process alone: a restart may reset some",
          transport.name());
    }
    listening = open;
    log.info(
        "Traffic on port {} ({}, {} event loops), production is {}, backup is {}",
        port(),
        transport.name(),
        workers.size(),
        upstreams.production(),
        upstreams.backup());
  }

  private void accepted(Channel channel) {
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    InetAddress address = remote.getAddress();
    boolean tooMany = metrics.connectionOpened() > limits.maxConnections();
    tooMany |= peers.merge(address, 1, Integer::sum) > limits.maxConnectionsPerPeer();
    channel
        .closeFuture()
        .addListener(_ -> {
          metrics.connectionClosed();
          peers.compute(address, (_, count) -> count == null || count <= 1 ? null : count - 1);
        });
    clients.add(channel);
    Peer peer = Peer.at(address.getHostAddress(), PeerSettings.matches(trusted, remote), "http");
    StrictRequestDecoder decoder = new StrictRequestDecoder(Worker.decoderConfig(limits), clock);
    ClientResponseEncoder encoder = new ClientResponseEncoder();
    Worker worker = Objects.requireNonNull(workers.get(channel.eventLoop()));
    channel
        .pipeline()
        .addLast(
            decoder,
            encoder,
            new ClientConnection(worker, channel, decoder, encoder, peer, tooMany));
  }

  @Override
  public void stop() {
    Channel open = listening;
    listening = null;
    if (open != null) {
      onEachWorker(worker -> worker.stop(!overlap));
      if (overlap) {
        var _ = open.closeFuture().awaitUninterruptibly(LAST_HANDSHAKES.toMillis());
      }
      open.close().syncUninterruptibly();
      Duration deadline = settings.shutdownDeadline();
      if (!clients.newCloseFuture().awaitUninterruptibly(deadline.toMillis())) {
        onEachWorker(worker -> worker.stop(true));
        clients.newCloseFuture().awaitUninterruptibly(LAST_WORDS.toMillis());
      }
      if (!clients.isEmpty()) {
        log.warn("{} connections were still busy after {}; closing them", clients.size(), deadline);
        clients.close().awaitUninterruptibly(1000);
      }
      log.info("The traffic port is closed");
    }
    if (resolver != null) {
      resolver.close();
    }
    shutDown(acceptor);
    shutDown(loops);
  }

  @Override
  public boolean isRunning() {
    return listening != null;
  }

  private void onEachWorker(Consumer<Worker> act) {
    for (Worker worker : workers.values()) {
      if (!worker.loop.isShuttingDown()) {
        worker.loop.execute(() -> act.accept(worker));
      }
    }
  }

  private static void shutDown(@Nullable EventLoopGroup group) {
    if (group != null) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
    }
  }
}
