package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.LeaseKey;
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
  public static final Duration LEASE = LeaseKey.TTL;

  private static final String LEASE_KEY = LeaseKey.LEASE;
  private static final String TOKEN_KEY = LeaseKey.TOKEN;

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
      RedisScript.of(LeaseKey.TAKE, String.class);

  private static final RedisScript<String> RENEW =
      RedisScript.of(
          """
          local lease = redis.call('GET', KEYS[1])
          local newest = redis.call('GET', KEYS[2])
          if not newest or tonumber(newest) < tonumber(ARGV[3]) then
            if not lease then
              redis.call('SET', KEYS[2], ARGV[3])
              redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            end
            return 'EMPTIED'
          end
          if lease and lease ~= ARGV[1] then return 'LOST' end
          if newest ~= ARGV[3] then return 'LOST' end
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          return 'KEPT'
          """,
          String.class);

  private static final RedisScript<Boolean> DELETE_IF_OURS =
      RedisScript.of(LeaseKey.DELETE_IF_OURS, Boolean.class);

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
          if redis.call('EXISTS', KEYS[5]) == 1 then return 'the migration was aborted' end
          if ARGV[10] == 'held' and redis.call('GET', KEYS[2]) ~= ARGV[2] then
            return 'the hold ran out' end
          if redis.call('GET', KEYS[3]) ~= ARGV[3] then return 'the switch was moved meanwhile' end
          if (redis.call('HGET', KEYS[4], 'epoch') or '0') ~= ARGV[4] then
            return 'the epoch was moved meanwhile' end
          redis.call('SET', KEYS[3], ARGV[5])
          redis.call('HSET', KEYS[4], 'active', ARGV[6], 'epoch', ARGV[7], 'by', ARGV[2],
              'reason', ARGV[8], 'at', ARGV[9])
          if redis.call('GET', KEYS[2]) == ARGV[2] then redis.call('DEL', KEYS[2]) end
          return 'ok'
          """,
          String.class);

  // Decides between an abort and a flip: whichever of the two scripts runs first wins.
  private static final RedisScript<String> FORBID =
      RedisScript.of(
          """
          if redis.call('EXISTS', KEYS[1]) == 0 then return 'UNKNOWN' end
          local record = redis.call('HMGET', KEYS[1], 'by', 'active', 'epoch')
          if record[1] == ARGV[1]
              or record[2] == ARGV[4] and tonumber(record[3]) > tonumber(ARGV[5]) then
            return 'LANDED' end
          redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3])
          return 'NOT_LANDED'
          """,
          String.class);

  private static final RedisScript<String> SET_BY_HAND =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'the lease was lost' end
          local epoch = tonumber(redis.call('HGET', KEYS[3], 'epoch') or '0')
          epoch = string.format('%.0f', math.max(epoch, tonumber(ARGV[2])) + 1)
          redis.call('SET', KEYS[2], ARGV[3])
          redis.call('HSET', KEYS[3], 'active', ARGV[4], 'epoch', epoch, 'by', ARGV[5],
              'reason', ARGV[6], 'at', ARGV[7])
          return epoch
          """,
          String.class);

  private static final Duration FORBIDDEN = Duration.ofDays(7);

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
          "Redis has no switch key. A missing key is not 'false': see which server serves now, and say"
              + " it with PUT /api/switch {\"active\": \"production\" or \"backup\", \"reason\": ...}.");
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
          "%s. Set it with PUT /api/switch.".formatted(String.valueOf(e.getMessage())));
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
   * @return whether it is still ours, and if not, why
   */
  public Renewal keep(Lease lease) {
    String answer =
        redis.execute(
            RENEW,
            List.of(LEASE_KEY, TOKEN_KEY),
            lease.value(),
            Long.toString(LEASE.toMillis()),
            Long.toString(lease.token()));
    return Renewal.valueOf(answer);
  }

  /** What became of a lease. */
  public enum Renewal {
    KEPT,
    /** Another has, or had, one since. */
    LOST,
    /**
     * Redis knew nothing of it, nor of any that came later: it has lost its data. The lease is
     * taken anew, unless somebody else has one there.
     */
    EMPTIED
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
   * @param held whether the migration's hold must still stand
   * @return the new epoch
   * @throws FlipRefused when lease, hold, switch or epoch were no longer what they were, or the
   *     flip was forbidden; nothing has changed
   */
  public long flip(Lease lease, SwitchState seen, String reason, boolean held) {
    ServerName to = seen.active().other();
    long epoch = seen.epoch() + 1;
    String answer =
        redis.execute(
            FLIP,
            List.of(
                LEASE_KEY,
                SwitchKey.HOLD,
                SwitchKey.SWITCH,
                SwitchKey.RECORD,
                forbiddenKey(lease.migration())),
            lease.value(),
            lease.migration(),
            SwitchKey.valueFor(seen.active()),
            Long.toString(seen.epoch()),
            SwitchKey.valueFor(to),
            to.toString(),
            Long.toString(epoch),
            reason,
            clock.instant().toString(),
            held ? "held" : "");
    if (!"ok".equals(answer)) {
      throw new FlipRefused("the switch was not flipped: " + answer);
    }
    return epoch;
  }

  /** True when the latest flip is that migration's. */
  public boolean landed(String migration) {
    return migration.equals(redis.opsForHash().get(SwitchKey.RECORD, "by"));
  }

  /** Whether a flip has landed. */
  public enum Fate {
    /** Or a person has set the switch as it would have. */
    LANDED,
    NOT_LANDED,
    /** There is no record: Redis has lost its data. */
    UNKNOWN
  }

  /**
   * Asks whether a migration's flip has landed, and keeps it from landing later if it has not: not
   * even one that is still on its way to Redis.
   *
   * @param seen the switch as it was when the migration began
   * @param word who ordered the migration to stop, and why; empty where it rolls back by itself
   */
  public Fate forbidFlip(String migration, SwitchState seen, String word) {
    String answer =
        redis.execute(
            FORBID,
            List.of(SwitchKey.RECORD, forbiddenKey(migration)),
            migration,
            word,
            Long.toString(FORBIDDEN.toMillis()),
            seen.active().other().toString(),
            Long.toString(seen.epoch()));
    return Fate.valueOf(answer);
  }

  /** The word of whoever ordered that migration to stop, if somebody did. */
  public Optional<String> aborted(String migration) {
    return Optional.ofNullable(redis.opsForValue().get(forbiddenKey(migration)))
        .filter(word -> !word.isEmpty());
  }

  /**
   * Sets the switch for a person, whatever stood there or did not.
   *
   * @param lease so that no migration runs meanwhile
   * @param above the new epoch is higher than this, and than the one that stands
   * @return the new epoch
   */
  public long setByHand(Lease lease, ServerName active, long above, String by, String reason) {
    String answer =
        redis.execute(
            SET_BY_HAND,
            List.of(LEASE_KEY, SwitchKey.SWITCH, SwitchKey.RECORD),
            lease.value(),
            Long.toString(above),
            SwitchKey.valueFor(active),
            active.toString(),
            by,
            reason,
            clock.instant().toString());
    try {
      return Long.parseLong(answer);
    } catch (NumberFormatException refused) {
      throw new FlipRefused("the switch was not set: " + answer);
    }
  }

  private static String forbiddenKey(String migration) {
    return "migration:%s:aborted".formatted(migration);
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
