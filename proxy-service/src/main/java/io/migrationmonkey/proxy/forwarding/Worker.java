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
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One event loop with all that belongs to it: its clients, its idle connections to the servers and
 * its tunnels. Only its own thread touches them, so nothing here is locked.
 */
final class Worker {

  private static final long SWEEP_MILLIS = 250;

  final EventLoop loop;
  final Gate gate;
  final Clock clock;
  final TrafficSettings settings;
  final TrafficMetrics metrics;
  final RetryRule retryRule;
  final Reachability reachability;
  private final UpstreamSettings upstreams;
  private final Transport transport;
  private final UpstreamNames names;
  private final Set<ClientConnection> clients = new HashSet<>();
  private final Set<Tunnel> tunnels = new HashSet<>();
  private final IdlePool toProduction = new IdlePool();
  private final IdlePool toBackup = new IdlePool();
  private boolean stopping;

  Worker(
      EventLoop loop,
      Gate gate,
      Clock clock,
      TrafficSettings settings,
      UpstreamSettings upstreams,
      TrafficMetrics metrics,
      Reachability reachability,
      Transport transport,
      UpstreamNames names) {
    this.loop = loop;
    this.gate = gate;
    this.clock = clock;
    this.settings = settings;
    this.upstreams = upstreams;
    this.metrics = metrics;
    this.reachability = reachability;
    this.transport = transport;
    this.names = names;
    this.retryRule = RetryRule.within(settings.retryDeadline());
    var _ =
        loop.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  HostPort address(ServerName server) {
    return upstreams.of(server);
  }

  /** True once the proxy has begun to stop: a connection ends with the response it is at. */
  boolean stopping() {
    return stopping;
  }

  void joined(ClientConnection client) {
    clients.add(client);
  }

  void left(ClientConnection client) {
    clients.remove(client);
  }

  void opened(Tunnel tunnel) {
    tunnels.add(tunnel);
  }

  void closed(Tunnel tunnel) {
    tunnels.remove(tunnel);
  }

  /** The idle connections to a server. */
  IdlePool pool(ServerName server) {
    return server == ServerName.PRODUCTION ? toProduction : toBackup;
  }

  /** Keeps a connection for the next request, unless its server is not the active one any more. */
  void giveBack(UpstreamConnection connection) {
    IdlePool pool = pool(connection.server());
    if (stopping || pool.size() >= settings.maxPooled() || gate.active() != connection.server()) {
      connection.close();
    } else {
      connection.restsSince(clock.millis());
      pool.put(connection);
    }
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
                    .addLast(new HttpClientCodec(decoderConfig(settings), false, false))
                    .addLast(handler);
              }
            })
        .connect(names.of(handler.server()));
  }

  static HttpDecoderConfig decoderConfig(TrafficSettings settings) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(Math.toIntExact(settings.maxUri().toBytes()))
        .setMaxHeaderSize(Math.toIntExact(settings.maxHeader().toBytes()))
        .setMaxChunkSize(64 * 1024);
  }

  /** Lets go of what leads to a server that is not to get traffic now. */
  void gateChanged() {
    GateState state = gate.state();
    for (ServerName server : ServerName.values()) {
      if (server != state.active()) {
        pool(server).close();
      }
    }
    // A tunnel never ends by itself, so a drain can't wait for it; its client comes back and waits.
    for (Tunnel tunnel : new ArrayList<>(tunnels)) {
      if (state.hold() != null || tunnel.server() != state.active()) {
        tunnel.close();
      }
    }
  }

  /** Closes what is idle; what is busy ends with the response it is at. */
  void stop() {
    stopping = true;
    for (ServerName server : ServerName.values()) {
      pool(server).close();
    }
    new ArrayList<>(tunnels).forEach(Tunnel::close);
    new ArrayList<>(clients).forEach(ClientConnection::stop);
  }

  private void sweep() {
    long now = clock.millis();
    for (ServerName server : ServerName.values()) {
      pool(server).closeRestingSinceBefore(now - settings.poolIdleTimeout().toMillis());
    }
    new ArrayList<>(clients).forEach(client -> client.checkTime(now));
  }
}
