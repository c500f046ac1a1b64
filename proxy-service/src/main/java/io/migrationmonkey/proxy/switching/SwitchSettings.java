package io.migrationmonkey.proxy.switching;

import io.migrationmonkey.proxy.Required;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the switch is followed.
 *
 * @param poll how often it is read without having been told, in case a push was lost
 * @param reconnectDelay how long to wait before Redis is tried again
 * @param commandTimeout after which a silent Redis counts as gone
 * @param startPatience how long a start waits for the first route before the traffic port opens
 */
@ConfigurationProperties("monkey.switching")
public record SwitchSettings(
    @DefaultValue("1s") Duration poll,
    @DefaultValue("100ms") Duration reconnectDelay,
    @DefaultValue("2s") Duration commandTimeout,
    @DefaultValue("30s") Duration startPatience) {

  public SwitchSettings {
    Required.positive("monkey.switching.poll", poll);
    Required.positive("monkey.switching.reconnect-delay", reconnectDelay);
    Required.positive("monkey.switching.command-timeout", commandTimeout);
    Required.positive("monkey.switching.start-patience", startPatience);
  }
}
