package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.MigrationOrder.Trigger;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.parity.ParityDesk;
import io.migrationmonkey.migrator.parity.ServerNow;
import io.migrationmonkey.migrator.parity.WarmRule;
import io.migrationmonkey.migrator.restarts.Reboot;
import io.migrationmonkey.migrator.restarts.RebootRule;
import io.migrationmonkey.migrator.restarts.RebootSettings;
import io.migrationmonkey.migrator.restarts.RebootStore;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/** Orders the reboots that the servers themselves ask for, at the time that is set for them. */
@Service
final class DueReboots implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(DueReboots.class);

  private static final Duration ASK_EVERY = Duration.ofSeconds(30);
  private static final Duration ASK = Duration.ofSeconds(10);

  private final Reboots reboots;
  private final Servers servers;
  private final Switchboard switchboard;
  private final ParityDesk desk;
  private final RebootStore store;
  private final RebootSettings settings;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("due-reboots").factory());

  private String lastWhy = "";

  DueReboots(
      Reboots reboots,
      Servers servers,
      Switchboard switchboard,
      ParityDesk desk,
      RebootStore store,
      RebootSettings settings,
      Clock clock) {
    this.reboots = reboots;
    this.servers = servers;
    this.switchboard = switchboard;
    this.desk = desk;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    if (settings.whenRequired()) {
      var _ =
          timer.scheduleWithFixedDelay(
              this::look, ASK_EVERY.toMillis(), ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    try {
      RebootRule.Verdict verdict = judge();
      ServerName due = verdict.reboot();
      say(due == null ? verdict.why() : order(due, verdict.why()));
    } catch (DataAccessException | SwitchUnknown away) {
      log.debug("no reboot is due now: {}", away.getMessage());
    } catch (RuntimeException e) {
      log.error("looking for reboots that are due failed", e);
    }
  }

  private RebootRule.Verdict judge() {
    Instant now = clock.instant();
    boolean open = settings.isOpen(now);
    SwitchState seen = switchboard.read();
    WarmRule.Situation there =
        desk.situation(
            seen,
            switchboard.leased().filter(lease -> !lease.warm()).map(Lease::migration).orElse(null));
    Map<ServerName, Boolean> required = new EnumMap<>(ServerName.class);
    Map<ServerName, Reboot> latest = new EnumMap<>(ServerName.class);
    for (ServerName server : ServerName.values()) {
      store.latest(server).ifPresent(reboot -> latest.put(server, reboot));
      if (open && there.busy() == null) {
        asks(server).ifPresent(answer -> required.put(server, answer));
      }
    }
    return RebootRule.judge(
        new RebootRule.Situation(
            now,
            open,
            seen.active(),
            there.movedByHand(),
            there.paused(),
            there.busy(),
            required,
            latest));
  }

  private Optional<Boolean> asks(ServerName server) {
    try {
      return Optional.of(servers.get(server).run(new ServerNow.Read(ASK)).rebootRequired());
    } catch (SshFailure away) {
      return Optional.empty();
    }
  }

  private String order(ServerName server, String why) {
    try {
      return reboots.order(server, why, "the schedule", Trigger.SCHEDULE).id() + " is ordered";
    } catch (OrderRefused refused) {
      return "%s is not rebooted yet: %s".formatted(server, refused.getMessage());
    }
  }

  private void say(String what) {
    if (!what.equals(lastWhy)) {
      lastWhy = what;
      log.info("{} (window {})", what, settings.window());
    }
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
