package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.Required;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a client may ask of the proxy, and a server of a client's patience.
 *
 * @param maxUri the longest request line; beyond it 414
 * @param maxHeader the largest header, of requests (beyond it 431) and responses (502)
 * @param maxHeaders the most header lines of a request; beyond it 431
 * @param maxBody the largest request body; beyond it 413; 0 means any
 * @param headerTimeout from a request's first byte to the end of its header; then 408
 * @param idleTimeout for a client's connection without a request, and for a client that neither
 *     sends (408) nor reads in the middle of one
 * @param minBodyRate bytes a second that a request body must come with on average, after 30 s of
 *     waiting for it; below it 408; 0 means none
 * @param responseTimeout for a server that neither answers nor reads; then 504
 * @param maxConnections clients' connections at once; beyond it 503
 * @param maxConnectionsPerPeer the same for one address; beyond it 503
 */
@ConfigurationProperties("monkey.limits")
public record LimitSettings(
    @DefaultValue("8KB") DataSize maxUri,
    @DefaultValue("32KB") DataSize maxHeader,
    @DefaultValue("100") int maxHeaders,
    @DefaultValue("0") DataSize maxBody,
    @DefaultValue("15s") Duration headerTimeout,
    @DefaultValue("75s") Duration idleTimeout,
    @DefaultValue("100B") DataSize minBodyRate,
    @DefaultValue("60s") Duration responseTimeout,
    @DefaultValue("20000") int maxConnections,
    @DefaultValue("20000") int maxConnectionsPerPeer) {

  public LimitSettings {
    Required.within("monkey.limits.max-uri (bytes)", maxUri.toBytes(), 64, 1 << 20);
    Required.within("monkey.limits.max-header (bytes)", maxHeader.toBytes(), 256, 1 << 20);
    Required.within("monkey.limits.max-headers", maxHeaders, 1, 10_000);
    Required.within("monkey.limits.max-body (bytes)", maxBody.toBytes(), 0, Long.MAX_VALUE);
    Required.positive("monkey.limits.header-timeout", headerTimeout);
    Required.positive("monkey.limits.idle-timeout", idleTimeout);
    Required.within("monkey.limits.min-body-rate (bytes)", minBodyRate.toBytes(), 0, 1 << 30);
    Required.positive("monkey.limits.response-timeout", responseTimeout);
    Required.within("monkey.limits.max-connections", maxConnections, 1, 1_000_000);
    Required.within("monkey.limits.max-connections-per-peer", maxConnectionsPerPeer, 1, 1_000_000);
  }

  BodyMeter bodyMeter() {
    return new BodyMeter(maxBody.toBytes(), minBodyRate.toBytes());
  }
}
