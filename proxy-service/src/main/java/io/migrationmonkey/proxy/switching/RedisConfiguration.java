package io.migrationmonkey.proxy.switching;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The client behind the follower's and the reporter's connection. It does not reconnect by itself:
 * whoever owns a connection opens a new one, so that nothing goes on over a connection that lost
 * its tracking.
 */
@Configuration(proxyBeanMethods = false)
class RedisConfiguration {

  @Bean(destroyMethod = "shutdown")
  RedisClient switchRedis(DataRedisConnectionDetails details, SwitchSettings settings) {
    DataRedisConnectionDetails.Standalone standalone = details.getStandalone();
    if (standalone == null) {
      throw new IllegalArgumentException(
          "spring.data.redis names no single server; set spring.data.redis.url, for example"
              + " redis://redis:6379");
    }
    RedisURI.Builder uri =
        RedisURI.builder()
            .withHost(standalone.getHost())
            .withPort(standalone.getPort())
            .withDatabase(standalone.getDatabase())
            .withSsl(details.getSslBundle() != null)
            .withTimeout(settings.commandTimeout());
    String password = details.getPassword();
    if (password != null && details.getUsername() != null) {
      uri.withAuthentication(details.getUsername(), password.toCharArray());
    } else if (password != null) {
      uri.withPassword(password.toCharArray());
    }
    RedisClient client = RedisClient.create(uri.build());
    client.setOptions(
        ClientOptions.builder()
            .sslOptions(sslOptions(details.getSslBundle()))
            .protocolVersion(ProtocolVersion.RESP3)
            .autoReconnect(false)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(settings.commandTimeout())
                    .keepAlive(true)
                    .build())
            .timeoutOptions(TimeoutOptions.enabled(settings.commandTimeout()))
            .build());
    return client;
  }

  /** Whom we trust, and the certificate that we show where Redis asks for one. */
  private static SslOptions sslOptions(@Nullable SslBundle bundle) {
    SslOptions.Builder options = SslOptions.builder();
    if (bundle != null) {
      options
          .keyManager(bundle.getManagers().getKeyManagerFactory())
          .trustManager(bundle.getManagers().getTrustManagerFactory());
    }
    return options.build();
  }
}
