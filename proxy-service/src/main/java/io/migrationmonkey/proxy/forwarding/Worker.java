package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.GateState;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.AsciiString;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One event loop with all that belongs to it: its clients, its connections to the servers and what
 * never ends by itself. Only its own thread touches them, so nothing here is locked.
 */
final class Worker {

  private static final long SWEEP_MILLIS = 250;

  final EventLoop loop;
  final Gate gate;
  final Clock clock;
  final TrafficSettings settings;
  final LimitSettings limits;
  final TrafficMetrics metrics;
  final RetryRule retryRule;
  final ServerHealth health;
  final Drain drain = new Drain(this);
  private final UpstreamSettings upstreams;
  private final Transport transport;
  private final UpstreamNames names;
  private final Set<Client> clients = new HashSet<>();
  private final Upstream production = new Upstream(this, ServerName.PRODUCTION);
  private final Upstream backup = new Upstream(this, ServerName.BACKUP);
  private final String idPrefix = Long.toHexString(ThreadLocalRandom.current().nextLong());
  private long ids;
  private long dateSecond;
  private CharSequence date = "";
  private long lastSweep;
  private boolean stopping;
  private boolean closesIdle;

  Worker(
      EventLoop loop,
      Gate gate,
      Clock clock,
      TrafficSettings settings,
      LimitSettings limits,
      UpstreamSettings upstreams,
      TrafficMetrics metrics,
      ServerHealth health,
      Transport transport,
      UpstreamNames names) {
    this.loop = loop;
    this.gate = gate;
    this.clock = clock;
    this.settings = settings;
    this.limits = limits;
    this.upstreams = upstreams;
    this.metrics = metrics;
    this.health = health;
    this.transport = transport;
    this.names = names;
    this.retryRule = RetryRule.within(settings.retryDeadline());
    var _ =
        loop.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  HostPort address(ServerName server) {
    return upstreams.of(server);
  }

  /** True once the proxy has begun to stop: every response says that its connection ends. */
  boolean stopping() {
    return stopping;
  }

  /** True where a connection ends although its client may think otherwise. */
  boolean closesIdle() {
    return closesIdle;
  }

  void joined(Client client) {
    clients.add(client);
  }

  void left(Client client) {
    clients.remove(client);
  }

  /** This loop's connections to a server. */
  Upstream upstream(ServerName server) {
    return server == ServerName.PRODUCTION ? production : backup;
  }

  /** An id for a request that came with none. */
  String newRequestId() {
    return idPrefix + "-" + Long.toHexString(++ids);
  }

  /** Now, as a Date header says it. */
  CharSequence date() {
    long millis = clock.millis();
    if (millis / 1000 != dateSecond) {
      dateSecond = millis / 1000;
      date = new AsciiString(DateFormatter.format(new Date(millis)));
    }
    return date;
  }

  /** Opens a connection on this worker's own loop, so that nothing crosses threads. */
  ChannelFuture connect(UpstreamConnection handler) {
    return new Bootstrap()
        .group(loop)
        .channel(transport.connected())
        .resolver(names.resolver())
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            Math.toIntExact(settings.connectTimeout().toMillis()))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new HttpClientCodec(decoderConfig(limits), false, false))
                    .addLast(handler);
              }
            })
        .connect(names.of(handler.server()));
  }

  static HttpDecoderConfig decoderConfig(LimitSettings limits) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(Math.toIntExact(limits.maxUri().toBytes()))
        .setMaxHeaderSize(Math.toIntExact(limits.maxHeader().toBytes()))
        .setMaxChunkSize(64 * 1024);
  }

  /** Lets go of what leads to a server that is not to get traffic now. */
  void gateChanged() {
    GateState state = gate.state();
    for (ServerName server : ServerName.values()) {
      if (server != state.active()) {
        upstream(server).closeIdle();
      }
      if (server != state.active() || state.hold() != null) {
        upstream(server).turnAway();
      }
    }
    drain.gateChanged(state);
  }

  /**
   * Ends every connection with its next response.
   *
   * @param closeIdle whether a connection that waits for a request ends now
   */
  void stop(boolean closeIdle) {
    stopping = true;
    closesIdle |= closeIdle;
    for (ServerName server : ServerName.values()) {
      upstream(server).closeIdle();
    }
    drain.endAll();
    new ArrayList<>(clients).forEach(client -> client.stop(closesIdle));
  }

  private void sweep() {
    long now = clock.millis();
    long sinceLast = lastSweep == 0 ? 0 : now - lastSweep;
    lastSweep = now;
    for (ServerName server : ServerName.values()) {
      upstream(server).closeRestingSinceBefore(now - settings.poolIdleTimeout().toMillis());
    }
    new ArrayList<>(clients).forEach(client -> client.checkTime(now, sinceLast));
  }
}
