package io.migrationmonkey.monitor.reports;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.monitor.memory.Figure;
import io.migrationmonkey.monitor.memory.MemoryReading;
import io.migrationmonkey.monitor.memory.Signal;
import io.migrationmonkey.monitor.pressure.PressureLimits;
import io.migrationmonkey.monitor.watch.Sighting;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Writes a report for each sighting, and reads the switch in the same breath.
 *
 * <p>It blocks up to the command timeout, so it belongs on a thread of its own. Without a reading
 * there is no report: the last one expires.
 */
public final class RedisLink implements Consumer<Sighting> {

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration ROLE_IS_OLD_AFTER = MonitorReport.TTL;

  /** One round trip for both: each wakes two threads here, all day long. */
  private static final RedisScript<String> REPORT_AND_READ =
      RedisScript.of(
          """
          redis.call('SET', ARGV[1], ARGV[2], 'PX', ARGV[3])
          return redis.call('GET', ARGV[4])
          """,
          String.class);

  private enum Link {
    UNTRIED,
    UP,
    DOWN
  }

  private final StringRedisTemplate redis;
  private final ServerName server;
  private final BootId bootId;
  private final PressureLimits limits;
  private final Clock clock;
  private final Clock timeOfDay;

  private volatile Link link = Link.UNTRIED;
  private volatile Role role = new Role.Unknown("Redis has not been asked yet");

  /**
   * @param clock one that nobody sets, for what is measured
   * @param timeOfDay for what people and other services read
   */
  public RedisLink(
      StringRedisTemplate redis,
      ServerName server,
      BootId bootId,
      PressureLimits limits,
      Clock clock,
      Clock timeOfDay) {
    this.redis = redis;
    this.server = server;
    this.bootId = bootId;
    this.limits = limits;
    this.clock = clock;
    this.timeOfDay = timeOfDay;
  }

  /** True when Redis took the last report and named the switch. */
  public boolean connected() {
    return link == Link.UP;
  }

  /** Which server is active, as the switch said a moment ago. */
  public Role role() {
    return role instanceof Role.Known(_, var at)
            && Duration.between(at, clock.instant()).compareTo(ROLE_IS_OLD_AFTER) > 0
        ? new Role.Unknown("Redis has not answered since %s".formatted(at))
        : role;
  }

  @Override
  public void accept(Sighting sighting) {
    try {
      role =
          role(
              switch (sighting) {
                case Sighting.Seen seen -> reportAndRead(seen);
                case Sighting.Unread _ -> redis.opsForValue().get(SwitchKey.SWITCH);
              });
      up();
    } catch (DataAccessException e) {
      down(words(e));
    }
  }

  private @Nullable String reportAndRead(Sighting.Seen seen) {
    return redis.execute(
        REPORT_AND_READ,
        // As arguments: a key that is handed to a script must be one to read and to write.
        List.of(),
        MonitorReport.key(server),
        Wire.write(report(seen)),
        Long.toString(MonitorReport.TTL.toMillis()),
        SwitchKey.SWITCH);
  }

  private MonitorReport report(Sighting.Seen seen) {
    MemoryReading reading = seen.reading();
    return new MonitorReport(
        server,
        bootId.value(),
        reading.totalBytes(),
        reading.usedBytes(),
        seen.judgement().verdict(),
        seen.judgement().reason(),
        timeOfDay.instant(),
        limits.exhaustedAtBytes(reading.totalBytes()),
        stalledMicros(reading));
  }

  // The server's own where there is one: the host's neighbours wait for memory of their own.
  private static @Nullable Long stalledMicros(MemoryReading reading) {
    Figure own = reading.signals().get(Signal.OWN_SOME_STALL);
    Figure figure = own == null ? reading.signals().get(Signal.HOST_SOME_STALL) : own;
    return figure == null ? null : figure.value();
  }

  private Role role(@Nullable String value) {
    if (value == null) {
      return new Role.Unknown("Redis has no key '%s'".formatted(SwitchKey.SWITCH));
    }
    try {
      return new Role.Known(SwitchKey.active(value), clock.instant());
    } catch (IllegalArgumentException e) {
      return new Role.Unknown(String.valueOf(e.getMessage()));
    }
  }

  // The nearest cause names the address, the deepest one says what happened there.
  private static String words(DataAccessException e) {
    Throwable nearest = e.getCause() == null ? e : e.getCause();
    Throwable deepest = NestedExceptionUtils.getMostSpecificCause(e);
    return nearest.equals(deepest)
        ? String.valueOf(nearest.getMessage())
        : "%s: %s".formatted(nearest.getMessage(), deepest.getMessage());
  }

  private void up() {
    if (link != Link.UP) {
      log.info("Redis {}: reporting", link == Link.DOWN ? "is back" : "answers");
      link = Link.UP;
    }
  }

  private void down(String why) {
    role = new Role.Unknown("Redis is away");
    if (link != Link.DOWN) {
      log.warn("Redis is away ({}): watching on, but no report and no order until it is back", why);
      link = Link.DOWN;
    }
  }
}
