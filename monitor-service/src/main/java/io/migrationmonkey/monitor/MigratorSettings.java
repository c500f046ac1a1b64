package io.migrationmonkey.monitor;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where migrations are ordered.
 *
 * @param url of the migrator; required
 * @param connectTimeout for the connection
 * @param answerTimeout for a whole call
 * @param warmStandby whether a strained server has its standby brought up to date
 */
@ConfigurationProperties("monkey.migrator")
record MigratorSettings(
    URI url, Duration connectTimeout, Duration answerTimeout, boolean warmStandby) {

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  MigratorSettings(
      @Nullable URI url,
      @DefaultValue("2s") Duration connectTimeout,
      @DefaultValue("10s") Duration answerTimeout,
      @DefaultValue("true") boolean warmStandby) {
    this.url = Setting.MIGRATOR_URL.required(url);
    this.connectTimeout = connectTimeout;
    this.answerTimeout = answerTimeout;
    this.warmStandby = warmStandby;
    Setting.MIGRATOR_URL.check(isAddress(this.url), this.url);
    Setting.CONNECT_TIMEOUT.between(SHORTEST, LONGEST, connectTimeout);
    Setting.ANSWER_TIMEOUT.between(SHORTEST, LONGEST, answerTimeout);
  }

  private static boolean isAddress(URI url) {
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    return web && url.getHost() != null && url.getQuery() == null && url.getFragment() == null;
  }
}
