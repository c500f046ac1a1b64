package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.ServerName;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Repository;

/**
 * The servers on which the application may run though it must not, because they could not be
 * reached: their application is stopped before anything else is asked of them.
 */
@Repository
public class Fences {

  private final StringRedisTemplate redis;
  private final Clock clock;

  Fences(StringRedisTemplate redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /**
   * A mark on a server.
   *
   * @param migration that left it behind
   * @param missing whether it is a source that did not come back, rather than a standby
   */
  public record Fence(String migration, String why, boolean missing, Instant since) {}

  /** Marks it. A server that is marked already stays marked for what came first. */
  public void fence(ServerName server, String migration, String why, boolean missing) {
    if (find(server).isEmpty()) {
      redis
          .<String, String>opsForHash()
          .putAll(
              key(server),
              Map.of(
                  "migration",
                  migration,
                  "why",
                  why,
                  "missing",
                  Boolean.toString(missing),
                  "since",
                  clock.instant().toString()));
    }
  }

  public Optional<Fence> find(ServerName server) {
    Map<String, String> hash = redis.<String, String>opsForHash().entries(key(server));
    return hash.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Fence(
                hash.getOrDefault("migration", ""),
                hash.getOrDefault("why", ""),
                Boolean.parseBoolean(hash.getOrDefault("missing", "true")),
                since(hash)));
  }

  public void lift(ServerName server) {
    redis.delete(key(server));
  }

  private static Instant since(Map<String, String> hash) {
    try {
      return Instant.parse(hash.getOrDefault("since", ""));
    } catch (java.time.DateTimeException byHand) {
      return Instant.EPOCH;
    }
  }

  private static String key(ServerName server) {
    return "server:%s:fenced".formatted(server);
  }
}
