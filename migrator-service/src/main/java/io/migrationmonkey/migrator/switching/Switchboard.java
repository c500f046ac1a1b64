package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Repository;

/**
 * The switch, the hold and the lease, in Redis. Every change is one script that checks first what
 * it relies on.
 *
 * <p>Every call throws Spring's {@code DataAccessException} where Redis does not answer in time;
 * whether a change then happened is not known and must be read back.
 */
@Repository
public class Switchboard {

  /** A migrator that died is followed by another after this. */
  public static final Duration LEASE = Duration.ofSeconds(10);

  private static final String LEASE_KEY = "migration:lease";
  private static final String TOKEN_KEY = "migration:token";

  private static final RedisScript<Boolean> INITIALISE =
      RedisScript.of(
          """
          if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return false end
          redis.call('SET', KEYS[1], ARGV[1])
          redis.call('HSET', KEYS[2], 'active', ARGV[2], 'epoch', '1', 'by', 'migrator',
              'reason', 'first start', 'at', ARGV[3])
          return true
          """,
          Boolean.class);

  private static final RedisScript<String> LEASE_SCRIPT =
      RedisScript.of(
          """
          local held = redis.call('GET', KEYS[1])
          if held and (string.find(ARGV[1], '^warm%-') or not string.find(held, '^%d+ warm%-')) then
            return false end
          local value = redis.call('INCR', KEYS[2]) .. ' ' .. ARGV[1]
          redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
          return value
          """,
          String.class);

  private static final RedisScript<Boolean> RENEW =
      RedisScript.of(
          """
          local lease = redis.call('GET', KEYS[1])
          local newest = redis.call('GET', KEYS[2])
          if lease and lease ~= ARGV[1] then return false end
          if newest ~= ARGV[3] then return false end
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          return true
          """,
          Boolean.class);

  private static final RedisScript<Boolean> DELETE_IF_OURS =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
          redis.call('DEL', KEYS[1])
          return true
          """,
          Boolean.class);

  private static final RedisScript<String> HOLD =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'the lease was lost' end
          redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
          return 'ok'
          """,
          String.class);

  private static final RedisScript<String> FLIP =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'the lease was lost' end
          if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 'the hold ran out' end
          if redis.call('GET', KEYS[3]) ~= ARGV[3] then return 'the switch was moved meanwhile' end
          if (redis.call('HGET', KEYS[4], 'epoch') or '0') ~= ARGV[4] then
            return 'the epoch was moved meanwhile' end
          redis.call('SET', KEYS[3], ARGV[5])
          redis.call('HSET', KEYS[4], 'active', ARGV[6], 'epoch', ARGV[7], 'by', ARGV[2],
              'reason', ARGV[8], 'at', ARGV[9])
          redis.call('DEL', KEYS[2])
          return 'ok'
          """,
          String.class);

  private final StringRedisTemplate redis;
  private final Clock clock;

  Switchboard(StringRedisTemplate redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /**
   * Sets the switch of a new Redis to production.
   *
   * @return false where a switch or a record stood there already, which is left as it is
   */
  public boolean initialise() {
    return Boolean.TRUE.equals(
        redis.execute(
            INITIALISE,
            List.of(SwitchKey.SWITCH, SwitchKey.RECORD),
            SwitchKey.valueFor(ServerName.PRODUCTION),
            ServerName.PRODUCTION.toString(),
            clock.instant().toString()));
  }

  /**
   * Reads where it stands.
   *
   * @throws SwitchUnknown where the key is missing or malformed
   */
  public SwitchState read() {
    String value = redis.opsForValue().get(SwitchKey.SWITCH);
    if (value == null) {
      throw new SwitchUnknown(
          "Redis has no switch key. A missing key is not 'false': see which server serves now, then"
              + " 'redis-cli set switch false' for production or 'true' for the backup.");
    }
    Object epoch = redis.opsForHash().get(SwitchKey.RECORD, "epoch");
    Object by = redis.opsForHash().get(SwitchKey.RECORD, "by");
    try {
      return new SwitchState(
          SwitchKey.active(value),
          epoch == null ? 0 : Long.parseLong(epoch.toString()),
          by == null ? "" : by.toString());
    } catch (IllegalArgumentException e) {
      throw new SwitchUnknown(
          "%s. Set it by hand with redis-cli.".formatted(String.valueOf(e.getMessage())));
    }
  }

  /**
   * Takes the lease for a migration, unless another one has it. A warm run gives way to a
   * migration: it finds its lease gone and lets go.
   *
   * @param migration its id; a warm run's begins with {@link Lease#WARM}
   */
  public Optional<Lease> lease(String migration) {
    return Optional.ofNullable(
            redis.execute(
                LEASE_SCRIPT,
                List.of(LEASE_KEY, TOKEN_KEY),
                migration,
                Long.toString(LEASE.toMillis())))
        .map(Lease::of);
  }

  /** Who has the lease now. */
  public Optional<Lease> leased() {
    return Optional.ofNullable(redis.opsForValue().get(LEASE_KEY)).map(Lease::of);
  }

  /**
   * Keeps the lease. One that ran out while Redis was away is taken again, if nobody has had
   * another since.
   *
   * @return false when the lease is lost for good
   */
  public boolean renew(Lease lease) {
    return Boolean.TRUE.equals(
        redis.execute(
            RENEW,
            List.of(LEASE_KEY, TOKEN_KEY),
            lease.value(),
            Long.toString(LEASE.toMillis()),
            Long.toString(lease.token())));
  }

  public void giveBack(Lease lease) {
    redis.execute(DELETE_IF_OURS, List.of(LEASE_KEY), lease.value());
  }

  /**
   * Makes the proxies hold, at most for that long.
   *
   * @throws FlipRefused when the lease is no longer ours
   */
  public void hold(Lease lease, Duration atMost) {
    String answer =
        redis.execute(
            HOLD,
            List.of(LEASE_KEY, SwitchKey.HOLD),
            lease.value(),
            lease.migration(),
            Long.toString(atMost.toMillis()));
    if (!"ok".equals(answer)) {
      throw new FlipRefused("traffic was not held: " + answer);
    }
  }

  /** Lets traffic go on where it went, if it is this migration that holds it. */
  public void release(String migration) {
    redis.execute(DELETE_IF_OURS, List.of(SwitchKey.HOLD), migration);
  }

  /**
   * Sends the traffic to the other server: switch, record and hold change together.
   *
   * @param seen the switch as it was when the migration began; it must not have moved since
   * @return the new epoch
   * @throws FlipRefused when lease, hold, switch or epoch were no longer what they were; nothing
   *     has changed
   */
  public long flip(Lease lease, SwitchState seen, String reason) {
    ServerName to = seen.active().other();
    long epoch = seen.epoch() + 1;
    String answer =
        redis.execute(
            FLIP,
            List.of(LEASE_KEY, SwitchKey.HOLD, SwitchKey.SWITCH, SwitchKey.RECORD),
            lease.value(),
            lease.migration(),
            SwitchKey.valueFor(seen.active()),
            Long.toString(seen.epoch()),
            SwitchKey.valueFor(to),
            to.toString(),
            Long.toString(epoch),
            reason,
            clock.instant().toString());
    if (!"ok".equals(answer)) {
      throw new FlipRefused("the switch was not flipped: " + answer);
    }
    return epoch;
  }

  /** True when the latest flip is that migration's. */
  public boolean landed(String migration) {
    return migration.equals(redis.opsForHash().get(SwitchKey.RECORD, "by"));
  }

  /** What the proxies that live say; one that is down has no report. */
  public List<ProxyReport> proxies() {
    List<ProxyReport> reports = new ArrayList<>();
    ScanOptions all =
        ScanOptions.scanOptions().match(ProxyReport.KEY_PREFIX + "*").count(1000).build();
    try (Cursor<String> keys = redis.scan(all)) {
      while (keys.hasNext()) {
        String report = redis.opsForValue().get(keys.next());
        if (report != null) {
          reports.add(Wire.read(report, ProxyReport.class));
        }
      }
    }
    return reports;
  }
}
