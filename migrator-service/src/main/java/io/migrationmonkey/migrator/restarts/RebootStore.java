package io.migrationmonkey.migrator.restarts;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Repository;

/** The latest reboot of each server, in Redis. */
@Repository
public class RebootStore {

  private final StringRedisTemplate redis;

  RebootStore(StringRedisTemplate redis) {
    this.redis = redis;
  }

  public void keep(Reboot reboot) {
    redis.opsForValue().set(key(reboot.server()), Wire.write(reboot));
  }

  public Optional<Reboot> latest(ServerName server) {
    return Optional.ofNullable(redis.opsForValue().get(key(server)))
        .map(text -> Wire.read(text, Reboot.class));
  }

  private static String key(ServerName server) {
    return "server:%s:reboot".formatted(server);
  }
}
