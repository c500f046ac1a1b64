package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.steps.OrderRefused.Why;
import io.migrationmonkey.migrator.switching.EpochMemory;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/**
 * Sets the switch for a person: to move the traffic alone, or to say where it is after Redis has
 * lost its data.
 */
@Service
public class HandSwitch {

  private static final Duration HEALTHY_WITHIN = Duration.ofSeconds(3);
  private static final Duration HAND_OVER = Duration.ofSeconds(2);

  private final Switchboard switchboard;
  private final EpochMemory epochs;
  private final Servers servers;
  private final HealthProbe health;
  private final Events events;
  private final Waiting waiting;

  HandSwitch(
      Switchboard switchboard,
      EpochMemory epochs,
      Servers servers,
      HealthProbe health,
      Events events,
      Waiting waiting) {
    this.switchboard = switchboard;
    this.epochs = epochs;
    this.servers = servers;
    this.health = health;
    this.events = events;
    this.waiting = waiting;
  }

  /**
   * Sends the traffic to that server, which must be healthy unless forced.
   *
   * @return the new epoch, higher than any that a proxy or this migrator has seen
   * @throws OrderRefused where the words are wrong, a migration runs, or the server does not serve
   * @throws DataAccessException where Redis is away
   */
  public long set(
      @Nullable ServerName active, @Nullable String reason, @Nullable String by, boolean force) {
    if (active == null) {
      throw new OrderRefused(Why.MALFORMED, "'active' is missing: 'production' or 'backup'");
    }
    String why = Words.reason(reason, "the traffic moves");
    String who = Words.by(by, "a person");
    if (!force) {
      health
          .awaitHealthy(servers.get(active), HEALTHY_WITHIN)
          .ifPresent(complaint -> {
            throw new OrderRefused(
                Why.NOT_NOW,
                "the application does not serve on %s: %s (force overrides this)"
                    .formatted(active, complaint));
          });
    }
    Lease lease =
        waiting
            .until(HAND_OVER, Duration.ofMillis(20), () -> switchboard.lease("hand-switch"))
            .orElseThrow(() ->
                new OrderRefused(
                    Why.CONFLICT,
                    "%s is under way: wait for its end, or DELETE /api/migrations/ID"
                        .formatted(
                            switchboard.leased().map(Lease::migration).orElse("a migration"))));
    try {
      List<ProxyReport> proxies = switchboard.proxies();
      long epoch = switchboard.setByHand(lease, active, epochs.highest(proxies), who, why);
      epochs.saw(epoch);
      events.tell(
          who,
          Event.What.SWITCHED_BY_HAND,
          "traffic goes to %s, epoch %d: %s".formatted(active, epoch, why));
      return epoch;
    } finally {
      switchboard.giveBack(lease);
    }
  }
}
