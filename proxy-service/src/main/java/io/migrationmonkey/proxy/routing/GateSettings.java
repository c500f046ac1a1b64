package io.migrationmonkey.proxy.routing;

import io.migrationmonkey.proxy.Required;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of a hold.
 *
 * @param maxWaiting requests that may wait at once; one more is answered 503
 * @param maxWaitingSize what waiting requests may take in memory all together; one more is answered
 *     503
 * @param maxHold how long one request may wait; then it is answered 503
 */
@ConfigurationProperties("monkey.gate")
public record GateSettings(
    @DefaultValue("20000") int maxWaiting,
    @DefaultValue("48MB") DataSize maxWaitingSize,
    @DefaultValue("60s") Duration maxHold) {

  public GateSettings {
    Required.within("monkey.gate.max-waiting", maxWaiting, 1, 1_000_000);
    Required.within(
        "monkey.gate.max-waiting-size (bytes)", maxWaitingSize.toBytes(), 1024, 1L << 40);
    Required.positive("monkey.gate.max-hold", maxHold);
  }

  long maxWaitingBytes() {
    return maxWaitingSize.toBytes();
  }
}
