package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.contract.Wire;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Repository;

/**
 * What is known of the standby, in Redis, so that every migrator knows it. A Redis that lost it has
 * lost nothing: the next warm run finds it out again.
 *
 * <p>Every call throws Spring's {@code DataAccessException} where Redis does not answer in time.
 */
@Repository
public class ParityStore {

  private static final String READING = "parity:reading";
  private static final String WARM_RUN = "parity:warm";

  private final StringRedisTemplate redis;

  ParityStore(StringRedisTemplate redis) {
    this.redis = redis;
  }

  public void keep(ParityReading reading) {
    redis.opsForValue().set(READING, Wire.write(reading));
  }

  public void keep(WarmRun run) {
    redis.opsForValue().set(WARM_RUN, Wire.write(run));
  }

  /** The latest look at both servers. */
  Optional<ParityReading> reading() {
    return Optional.ofNullable(redis.opsForValue().get(READING))
        .map(text -> Wire.read(text, ParityReading.class));
  }

  /** The latest warm run that has ended. */
  public Optional<WarmRun> warmRun() {
    return Optional.ofNullable(redis.opsForValue().get(WARM_RUN))
        .map(text -> Wire.read(text, WarmRun.class));
  }

  /** Who moved the switch last; empty where that was not recorded, or not in our words. */
  Optional<SwitchRecord> record() {
    try {
      return Optional.of(
          SwitchRecord.of(redis.<String, String>opsForHash().entries(SwitchKey.RECORD)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
