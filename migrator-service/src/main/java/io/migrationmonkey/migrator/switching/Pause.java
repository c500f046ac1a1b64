package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.Wire;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Repository;

/** While it stands, nothing moves by itself; what a person orders does. */
@Repository
public class Pause {

  private static final String KEY = "migration:pause";

  private final StringRedisTemplate redis;
  private final Clock clock;

  Pause(StringRedisTemplate redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /** Who paused, why and when. */
  public record Standing(String by, String reason, Instant since) {}

  public Standing set(String by, String reason) {
    Standing standing = new Standing(by, reason, clock.instant());
    redis.opsForValue().set(KEY, Wire.write(standing));
    return standing;
  }

  public Optional<Standing> standing() {
    return Optional.ofNullable(redis.opsForValue().get(KEY))
        .map(json -> Wire.read(json, Standing.class));
  }

  /**
   * Ends it.
   *
   * @return the pause that stood, if one did
   */
  public Optional<Standing> lift() {
    return Optional.ofNullable(redis.opsForValue().getAndDelete(KEY))
        .map(json -> Wire.read(json, Standing.class));
  }
}
