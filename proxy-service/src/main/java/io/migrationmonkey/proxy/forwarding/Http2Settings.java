package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.Required;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * HTTP/2 in front. The limits of {@code monkey.limits} hold for it too.
 *
 * @param enabled whether clients over TLS are offered it
 * @param cleartext whether clients without TLS may begin with it (h2c with prior knowledge)
 * @param maxStreams requests of one connection at once; one more is refused unprocessed
 * @param streamWindow bytes of a body that are taken before the server has taken any of it
 * @param connectionWindow the same for all bodies of one connection together
 * @param maxResets requests that one connection may take back within 30 seconds
 * @param maxControlFrames frames that carry nothing for the application (PING, SETTINGS, PRIORITY,
 *     unknown ones, windows that open by a few bytes) of one connection within 10 seconds
 */
@ConfigurationProperties("monkey.http2")
public record Http2Settings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("false") boolean cleartext,
    @DefaultValue("100") int maxStreams,
    @DefaultValue("64KB") DataSize streamWindow,
    @DefaultValue("1MB") DataSize connectionWindow,
    @DefaultValue("200") int maxResets,
    @DefaultValue("1000") int maxControlFrames) {

  public Http2Settings {
    Required.within("monkey.http2.max-streams", maxStreams, 1, 10_000);
    Required.within("monkey.http2.stream-window (bytes)", streamWindow.toBytes(), 1024, 1 << 30);
    Required.within(
        "monkey.http2.connection-window (bytes)", connectionWindow.toBytes(), 65_536, 1 << 30);
    Required.within("monkey.http2.max-resets", maxResets, 1, 1_000_000);
    Required.within("monkey.http2.max-control-frames", maxControlFrames, 10, 1_000_000);
  }

  int streamWindowBytes() {
    return Math.toIntExact(streamWindow.toBytes());
  }
}
