package io.migrationmonkey.monitor.orders;

import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.reports.RedisLink;
import io.migrationmonkey.monitor.reports.Role;
import io.migrationmonkey.monitor.watch.Sighting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is good to have done before an order: to know how long moves take, and to have the standby
 * brought up to date once memory is strained.
 *
 * <p>It waits for the migrator's answers, so it belongs on a thread of its own, and not on that of
 * the orders.
 */
public final class Preparation implements Consumer<Sighting> {

  static final Duration ASK_AGAIN = Duration.ofMinutes(5);
  static final Duration ASK_AGAIN_AFTER_FAILURE = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(Preparation.class);

  private final ServerName server;
  private final Migrator migrator;
  private final boolean warms;
  private final RedisLink redis;
  private final Clock clock;

  private volatile @Nullable Duration moveTook;
  private @Nullable Instant askNext;
  private @Nullable Instant warmNext;
  private boolean migratorAway;

  /**
   * @param warms false where nobody wants the standby brought up to date before a move
   */
  public Preparation(
      ServerName server, Migrator migrator, boolean warms, RedisLink redis, Clock clock) {
    this.server = server;
    this.migrator = migrator;
    this.warms = warms;
    this.redis = redis;
    this.clock = clock;
  }

  /**
   * The longest of the last moves, up to where the traffic went over; empty while none is known.
   */
  public Optional<Duration> moveTook() {
    return Optional.ofNullable(moveTook);
  }

  @Override
  public void accept(Sighting sighting) {
    Instant now = clock.instant();
    if (askNext == null || !now.isBefore(askNext)) {
      askHowLongMovesTake(now);
    }
    boolean strained =
        sighting instanceof Sighting.Seen seen && seen.judgement().verdict() == Verdict.STRAINED;
    if (warms
        && strained
        && redis.role() instanceof Role.Known(var active, var _)
        && active == server
        && (warmNext == null || !now.isBefore(warmNext))) {
      warm(now, ((Sighting.Seen) sighting).judgement().reason());
    }
  }

  private void askHowLongMovesTake(Instant now) {
    switch (migrator.lastMoves()) {
      case Migrator.Moves.Told(Optional<Duration> longest) -> {
        longest.ifPresent(duration -> moveTook = duration);
        if (migratorAway) {
          log.info("The migrator answers again");
        }
        migratorAway = false;
        askNext = now.plus(ASK_AGAIN);
      }
      case Migrator.Moves.Unknown(String why) -> {
        if (!migratorAway) {
          log.warn(
              "The migrator is away ({}): watching on, and an order would be tried until it is"
                  + " taken",
              why);
        }
        migratorAway = true;
        askNext = now.plus(ASK_AGAIN_AFTER_FAILURE);
      }
    }
  }

  private void warm(Instant now, String reason) {
    Optional<String> problem = migrator.warm();
    if (problem.isEmpty()) {
      log.info("Asked the migrator to bring the standby up to date: {}", reason);
    } else {
      log.warn("The standby was not brought up to date before a move ({})", problem.get());
    }
    warmNext = now.plus(problem.isEmpty() ? ASK_AGAIN : ASK_AGAIN_AFTER_FAILURE);
  }
}
