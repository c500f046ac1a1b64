package io.migrationmonkey.migrator.journal;

import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.Wire;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Repository;

/**
 * What happened outside of any migration, and when each began and ended: in Redis and in the log.
 */
@Repository
public class Events {

  private static final Logger log = LoggerFactory.getLogger(Events.class);

  private final StringRedisTemplate redis;
  private final Clock clock;

  Events(StringRedisTemplate redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /** Tells it. The log has it even where Redis does not answer. */
  public void tell(String by, Event.What what, String text) {
    log.info("{} by {}: {}", what, by, text);
    try {
      redis
          .opsForList()
          .leftPush(Event.KEY, Wire.write(new Event(clock.instant(), by, what, text)));
      redis.opsForList().trim(Event.KEY, 0, Event.REMEMBERED - 1L);
    } catch (DataAccessException away) {
      log.warn("Redis is away: {} is in this log only", what);
    }
  }

  /** The latest, newest first. */
  public List<Event> latest(int count) {
    List<String> lines = redis.opsForList().range(Event.KEY, 0, count - 1L);
    return lines == null
        ? List.of()
        : lines.stream().map(line -> Wire.read(line, Event.class)).toList();
  }
}
