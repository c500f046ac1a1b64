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
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Objects;
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
  private final FrontDoor frontDoor;
  private final UpstreamSettings upstreams;
  private final Gate gate;
  private final Clock clock;
  private final TrafficMetrics metrics;
  private final ServerHealth health;
  private final boolean overlap;
  private final IdentityHashMap<EventLoop, Worker> workers = new IdentityHashMap<>();
  private @Nullable EventLoopGroup acceptor;
  private @Nullable EventLoopGroup loops;
  private @Nullable DnsAddressResolverGroup resolver;
  private volatile @Nullable Channel listening;
  private volatile @Nullable Channel listeningWithTls;

  TrafficServer(
      TrafficSettings settings,
      LimitSettings limits,
      FrontDoor frontDoor,
      UpstreamSettings upstreams,
      Gate gate,
      Clock clock,
      TrafficMetrics metrics,
      ServerHealth health,
      ProxySettings proxy) {
    this.settings = settings;
    this.limits = limits;
    this.frontDoor = frontDoor;
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
    return port(listening);
  }

  /**
   * The port that clients connect to with TLS.
   *
   * @throws IllegalStateException while it does not listen
   */
  public int tlsPort() {
    return port(listeningWithTls);
  }

  private static int port(@Nullable Channel open) {
    if (open == null) {
      throw new IllegalStateException("the traffic port is not open");
    }
    return ((InetSocketAddress) open.localAddress()).getPort();
  }

  @Override
  public void start() {
    Transport transport = Transport.best(settings.transport());
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
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(accepting, serving)
            .channel(transport.listening())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (overlap) {
      bootstrap.option(transport.sharedPort(), true);
    }
    if (frontDoor.tls().on()) {
      listeningWithTls = listen(bootstrap, frontDoor.tls().port(), true);
    }
    listening = listen(bootstrap, settings.port(), false);
    log.info(
        "Traffic on port {} ({}, {} event loops), production is {}, backup is {}",
        port(),
        transport.name(),
        workers.size(),
        upstreams.production(),
        upstreams.backup());
    if (listeningWithTls != null) {
      log.info("TLS on port {} ({})", tlsPort(), frontDoor.tls().provider());
    }
  }

  private Channel listen(ServerBootstrap bootstrap, int port, boolean tls) {
    Channel open =
        bootstrap
            .clone()
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    frontDoor.opened(
                        channel, Objects.requireNonNull(workers.get(channel.eventLoop())), tls);
                  }
                })
            .bind(port)
            .syncUninterruptibly()
            .channel();
    if (overlap && !SharedPort.steerToNewest(open)) {
      log.warn(
          "New connections to port {} can't go to the newest process alone: a restart may reset some",
          port(open));
    }
    return open;
  }

  @Override
  public void stop() {
    Channel open = listening;
    Channel withTls = listeningWithTls;
    listening = null;
    listeningWithTls = null;
    if (open != null) {
      if (overlap) {
        onEachWorker(worker -> worker.stop(false));
        var _ = open.closeFuture().awaitUninterruptibly(LAST_HANDSHAKES.toMillis());
      }
      open.close().syncUninterruptibly();
      if (withTls != null) {
        withTls.close().syncUninterruptibly();
      }
      if (!overlap) {
        onEachWorker(worker -> worker.stop(true));
      }
      Duration deadline = settings.shutdownDeadline();
      ChannelGroup clients = frontDoor.open();
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
