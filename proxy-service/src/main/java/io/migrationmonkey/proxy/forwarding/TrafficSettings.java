package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.Required;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The traffic port, and the way to the servers.
 *
 * @param port where clients connect; 0 takes a free one
 * @param threads event loops; 0 means one for each processor
 * @param transport {@code epoll} (NIO where the machine has none), {@code io_uring} (the same), or
 *     {@code nio}
 * @param connectTimeout for one attempt to reach a server
 * @param poolIdleTimeout how long an idle connection to a server is kept; shorter than the server
 *     keeps it
 * @param maxPooled idle connections kept for each server and event loop
 * @param retryDeadline how long a request that reached no server is tried again
 * @param drainDeadline how long WebSockets and event streams may go on where a hold or a flip takes
 *     traffic away from their server
 * @param shutdownDeadline how long what is in flight may take when the proxy stops
 * @param accessLog a line of JSON for each request
 */
@ConfigurationProperties("monkey.traffic")
public record TrafficSettings(
    @DefaultValue("8080") int port,
    @DefaultValue("0") int threads,
    @DefaultValue("epoll") Transport.Kind transport,
    @DefaultValue("1s") Duration connectTimeout,
    @DefaultValue("4s") Duration poolIdleTimeout,
    @DefaultValue("512") int maxPooled,
    @DefaultValue("5s") Duration retryDeadline,
    @DefaultValue("500ms") Duration drainDeadline,
    @DefaultValue("8s") Duration shutdownDeadline,
    @DefaultValue("false") boolean accessLog) {

  public TrafficSettings {
    Required.within("monkey.traffic.port", port, 0, 65535);
    Required.within("monkey.traffic.threads", threads, 0, 256);
    Required.positive("monkey.traffic.connect-timeout", connectTimeout);
    Required.positive("monkey.traffic.pool-idle-timeout", poolIdleTimeout);
    Required.within("monkey.traffic.max-pooled", maxPooled, 0, 100_000);
    Required.positive("monkey.traffic.retry-deadline", retryDeadline);
    Required.positive("monkey.traffic.drain-deadline", drainDeadline);
    Required.positive("monkey.traffic.shutdown-deadline", shutdownDeadline);
  }

  int eventLoops() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  /** How long a request may wait for a connection, its own or one that becomes free. */
  Duration longestConnect() {
    return connectTimeout.plus(retryDeadline);
  }
}
