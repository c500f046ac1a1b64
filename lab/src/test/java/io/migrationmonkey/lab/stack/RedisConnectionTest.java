package io.migrationmonkey.lab.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.migrationmonkey.contract.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisConnectionTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Test
  void itSpeaksToARealRedis() throws Exception {
    try (RealRedis redis = RealRedis.started();
        RedisConnection connection = RedisConnection.open("127.0.0.1", redis.port(), TIMEOUT)) {
      assertThat(connection.call("GET", "switch")).isNull();
      assertThat(connection.call("SET", "switch", "true")).isEqualTo("OK");
      assertThat(connection.call("GET", "switch")).isEqualTo("true");
      assertThat(connection.call("HSET", "switch:record", "reason", "größer\r\n2")).isEqualTo("1");
      assertThat(connection.call("HGET", "switch:record", "reason")).isEqualTo("größer\r\n2");
      assertThatIOException()
          .isThrownBy(() -> connection.call("GET", "switch:record"))
          .withMessageContaining("WRONGTYPE");
    }
  }

  @Test
  void aRedisThatGoesAwayIsAFailure() throws Exception {
    RealRedis redis = RealRedis.started();
    try (RedisConnection connection = RedisConnection.open("127.0.0.1", redis.port(), TIMEOUT)) {
      redis.stop();
      assertThatIOException().isThrownBy(() -> connection.call("PING"));
    }
  }
}
