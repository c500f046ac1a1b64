package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.Required;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The traffic port and its limits.
 *
 * @param port where clients connect; 0 takes a free one
 * @param threads event loops; 0 means one for each processor
 * @param nativeTransport epoll where the machine has it; false forces NIO
 * @param maxConnections clients' connections at once; one more is closed
 * @param maxUri the longest request line
 * @param maxHeader the largest header, of requests and responses
 * @param headerTimeout from a request's first byte to the end of its header
 * @param idleTimeout for a client's connection without a request, and for a client that neither
 *     sends nor reads in the middle of one
 * @param responseTimeout for a server that neither answers nor reads
 * @param connectTimeout for one attempt to reach a server
 * @param poolIdleTimeout how long an idle connection to a server is kept; shorter than the server
 *     keeps it
 * @param maxPooled idle connections kept for each server and event loop
 * @param retryDeadline how long a request that reached no server is tried again
 * @param shutdownDeadline how long what is in flight may take when the proxy stops
 */
@ConfigurationProperties("monkey.traffic")
public record TrafficSettings(
    @DefaultValue("8080") int port,
    @DefaultValue("0") int threads,
    @DefaultValue("true") boolean nativeTransport,
    @DefaultValue("20000") int maxConnections,
    @DefaultValue("8KB") DataSize maxUri,
    @DefaultValue("32KB") DataSize maxHeader,
    @DefaultValue("15s") Duration headerTimeout,
    @DefaultValue("75s") Duration idleTimeout,
    @DefaultValue("60s") Duration responseTimeout,
    @DefaultValue("1s") Duration connectTimeout,
    @DefaultValue("10s") Duration poolIdleTimeout,
    @DefaultValue("256") int maxPooled,
    @DefaultValue("5s") Duration retryDeadline,
    @DefaultValue("8s") Duration shutdownDeadline) {

  public TrafficSettings {
    Required.within("monkey.traffic.port", port, 0, 65535);
    Required.within("monkey.traffic.threads", threads, 0, 256);
    Required.within("monkey.traffic.max-connections", maxConnections, 1, 1_000_000);
    Required.within("monkey.traffic.max-uri (bytes)", maxUri.toBytes(), 64, 1 << 20);
    Required.within("monkey.traffic.max-header (bytes)", maxHeader.toBytes(), 256, 1 << 20);
    Required.positive("monkey.traffic.header-timeout", headerTimeout);
    Required.positive("monkey.traffic.idle-timeout", idleTimeout);
    Required.positive("monkey.traffic.response-timeout", responseTimeout);
    Required.positive("monkey.traffic.connect-timeout", connectTimeout);
    Required.positive("monkey.traffic.pool-idle-timeout", poolIdleTimeout);
    Required.within("monkey.traffic.max-pooled", maxPooled, 0, 100_000);
    Required.positive("monkey.traffic.retry-deadline", retryDeadline);
    Required.positive("monkey.traffic.shutdown-deadline", shutdownDeadline);
  }

  int eventLoops() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
