package io.migrationmonkey.monitor.restart;

import io.migrationmonkey.contract.ApplicationReport;
import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.LeaseKey;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** What Restart Monkey reads from Redis and writes there. */
public final class Records {

  private static final Logger log = LoggerFactory.getLogger(Records.class);

  /** A migration's id, or the migrator at its first start; anything else is a person. */
  private static final Pattern NOT_A_PERSON =
      Pattern.compile("migrator|m\\d{8}-\\d{6}-[0-9a-f]{4}");

  @SuppressWarnings("rawtypes")
  private static final RedisScript<List> READ =
      RedisScript.of(
          """
          local record = redis.call('HMGET', ARGV[2], 'active', 'epoch', 'by')
          return {redis.call('GET', ARGV[1]) or '', record[1] or '', record[2] or '0',
              record[3] or '', redis.call('GET', ARGV[3]) or '',
              tostring(redis.call('EXISTS', ARGV[4])), tostring(redis.call('EXISTS', ARGV[5])),
              tostring(redis.call('EXISTS', ARGV[6])), tostring(redis.call('EXISTS', ARGV[7])),
              redis.call('GET', ARGV[8]) or ''}
          """,
          List.class);

  private static final RedisScript<String> TAKE = RedisScript.of(LeaseKey.TAKE, String.class);

  private static final RedisScript<Boolean> GIVE_BACK =
      RedisScript.of(LeaseKey.DELETE_IF_OURS, Boolean.class);

  private final StringRedisTemplate redis;
  private final ServerName server;

  public Records(StringRedisTemplate redis, ServerName server) {
    this.redis = redis;
    this.server = server;
  }

  /** The lease's holder that this server's Restart Monkey is. */
  String name() {
    return LeaseKey.RESTART + server;
  }

  /** How it stands; our own lease is not mentioned. */
  Standing read() {
    try {
      List<?> said =
          redis.execute(
              READ,
              // As arguments: Redis lets nobody hand a key to a script who may not write it.
              List.of(),
              SwitchKey.SWITCH,
              SwitchKey.RECORD,
              LeaseKey.LEASE,
              SwitchKey.HOLD,
              "migration:pause",
              "migrations:unfinished",
              "server:%s:fenced".formatted(server),
              ApplicationReport.key(server.other()));
      return said(said.stream().map(Object::toString).toList());
    } catch (DataAccessException away) {
      return new Standing.Away();
    }
  }

  private Standing.Said said(List<String> said) {
    String lease = said.get(4).substring(said.get(4).indexOf(' ') + 1);
    return new Standing.Said(
        known(said.get(0)).orElse(null),
        named(said.get(1)).orElse(null),
        number(said.get(2)),
        !NOT_A_PERSON.matcher(said.get(3)).matches(),
        lease.isEmpty() || lease.equals(name()) ? null : lease,
        isThere(said.get(5)),
        isThere(said.get(6)),
        isThere(said.get(7)),
        isThere(said.get(8)),
        state(said.get(9)));
  }

  /**
   * Takes the lease, so that nobody else acts meanwhile and no earlier holder's flip can land.
   *
   * @return its value; empty where somebody else has it or Redis is away
   */
  Optional<String> takeLease() {
    try {
      return Optional.ofNullable(
          redis.execute(
              TAKE,
              List.of(LeaseKey.LEASE, LeaseKey.TOKEN),
              name(),
              Long.toString(LeaseKey.TTL.toMillis())));
    } catch (DataAccessException away) {
      return Optional.empty();
    }
  }

  void giveBack(String lease) {
    try {
      redis.execute(GIVE_BACK, List.of(LeaseKey.LEASE), lease);
    } catch (DataAccessException away) {
      log.debug("the lease will run out: {}", away.getMessage());
    }
  }

  void report(ApplicationReport report) {
    try {
      redis
          .opsForValue()
          .set(ApplicationReport.key(server), Wire.write(report), ApplicationReport.TTL);
    } catch (DataAccessException away) {
      log.debug("no report: {}", away.getMessage());
    }
  }

  /** Tells it to whoever asks later. */
  void tell(Event event) {
    try {
      redis.opsForList().leftPush(Event.KEY, Wire.write(event));
      redis.opsForList().trim(Event.KEY, 0, Event.REMEMBERED - 1L);
    } catch (DataAccessException away) {
      log.warn("Redis is away: {} is in this log only", event.what());
    }
  }

  private static Optional<ServerName> known(String value) {
    return value.equals("true") || value.equals("false")
        ? Optional.of(SwitchKey.active(value))
        : Optional.empty();
  }

  private static Optional<ServerName> named(String name) {
    for (ServerName server : ServerName.values()) {
      if (server.toString().equals(name)) {
        return Optional.of(server);
      }
    }
    return Optional.empty();
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  private static boolean isThere(@Nullable String exists) {
    return "1".equals(exists);
  }

  private static State state(String report) {
    if (report.isEmpty()) {
      return State.UNKNOWN;
    }
    try {
      return Wire.read(report, ApplicationReport.class).state();
    } catch (IllegalArgumentException malformed) {
      return State.UNKNOWN;
    }
  }
}
