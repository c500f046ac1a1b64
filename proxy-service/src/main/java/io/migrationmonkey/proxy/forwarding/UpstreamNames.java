package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Where the servers are: their names, resolved again every second, so that an address that changes
 * at a reboot is followed and no request waits for a resolver, least of all the first one after a
 * flip.
 */
final class UpstreamNames {

  private static final long REFRESH_SECONDS = 1;

  private final UpstreamSettings upstreams;
  private final AddressResolverGroup<InetSocketAddress> resolver;
  private final Map<ServerName, InetSocketAddress> resolved = new ConcurrentHashMap<>();

  UpstreamNames(UpstreamSettings upstreams, AddressResolverGroup<InetSocketAddress> resolver) {
    this.upstreams = upstreams;
    this.resolver = resolver;
  }

  void refreshOn(EventLoop loop) {
    var _ = loop.scheduleWithFixedDelay(() -> refresh(loop), 0, REFRESH_SECONDS, TimeUnit.SECONDS);
  }

  /** The address as last resolved; unresolved as long as that has never worked. */
  InetSocketAddress of(ServerName server) {
    InetSocketAddress known = resolved.get(server);
    return known == null ? unresolved(server) : known;
  }

  AddressResolverGroup<InetSocketAddress> resolver() {
    return resolver;
  }

  // Where the resolver fails the last address stands: a connection attempt tells more.
  private void refresh(EventLoop loop) {
    for (ServerName server : ServerName.values()) {
      Future<InetSocketAddress> answer = resolver.getResolver(loop).resolve(unresolved(server));
      answer.addListener((Future<InetSocketAddress> done) -> {
        if (done.isSuccess()) {
          resolved.put(server, done.getNow());
        }
      });
    }
  }

  private InetSocketAddress unresolved(ServerName server) {
    HostPort address = upstreams.of(server);
    return InetSocketAddress.createUnresolved(address.host(), address.port());
  }
}
