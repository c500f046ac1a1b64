package io.migrationmonkey.monitor;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where migrations are ordered.
 *
 * @param url of the migrator; required
 * @param tokenFile with the token that lets this monitor order; read anew at each call
 * @param sslBundle whom to trust where the url is https, and the certificate to show: the name of a
 *     bundle of spring.ssl; empty for what Java trusts
 * @param connectTimeout for the connection
 * @param answerTimeout for a whole call
 * @param warmStandby whether a strained server has its standby brought up to date
 */
@ConfigurationProperties("monkey.migrator")
record MigratorSettings(
    URI url,
    Path tokenFile,
    String sslBundle,
    Duration connectTimeout,
    Duration answerTimeout,
    boolean warmStandby) {

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  MigratorSettings(
      @Nullable URI url,
      @DefaultValue("/etc/migration-monkey/migrator-token") Path tokenFile,
      @DefaultValue("") String sslBundle,
      @DefaultValue("2s") Duration connectTimeout,
      @DefaultValue("10s") Duration answerTimeout,
      @DefaultValue("true") boolean warmStandby) {
    this.url = Setting.MIGRATOR_URL.required(url);
    this.tokenFile = tokenFile;
    this.sslBundle = sslBundle;
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
