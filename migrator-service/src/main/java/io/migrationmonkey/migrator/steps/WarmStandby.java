package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.migrationmonkey.migrator.parity.CompareServers;
import io.migrationmonkey.migrator.parity.Connections;
import io.migrationmonkey.migrator.parity.ParityDesk;
import io.migrationmonkey.migrator.parity.ParityStore;
import io.migrationmonkey.migrator.parity.WarmRule;
import io.migrationmonkey.migrator.parity.WarmRun;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.steps.OrderRefused.Why;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import io.migrationmonkey.migrator.switching.Switchboard.Renewal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Keeps the standby warm: takes the steps of a migration that can be taken beforehand, in the
 * background, so that only the last changes are left to move when it counts.
 *
 * <p>It acts under a lease that a migration may take from it. It finds that out within a moment,
 * sends no further command and closes its connections; what then still runs on the servers is what
 * a migration waits for (an installation) or stops (a round of copying).
 */
@Component
public class WarmStandby implements ApplicationListener<ContextClosedEvent> {

  private static final Logger log = LoggerFactory.getLogger(WarmStandby.class);

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-").withZone(ZoneOffset.UTC);

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final int LOOKS_PER_RENEWAL = 8;
  private static final Duration DECIDE_EVERY = Duration.ofSeconds(1);

  private final Map<Step, MigrationStep> steps = new EnumMap<>(Step.class);
  private final Switchboard switchboard;
  private final ParityDesk desk;
  private final ParityStore store;
  private final Connections connections;
  private final CompareServers compare;
  private final MeterRegistry meters;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("warm-standby-", 0).factory());

  private volatile @Nullable Warming current;
  private Instant decidedAt = Instant.EPOCH;
  private int looks;
  private volatile boolean stopping;

  WarmStandby(
      List<MigrationStep> steps,
      Switchboard switchboard,
      ParityDesk desk,
      ParityStore store,
      Connections connections,
      CompareServers compare,
      MeterRegistry meters,
      Clock clock) {
    steps.forEach(step -> this.steps.put(step.step(), step));
    this.switchboard = switchboard;
    this.desk = desk;
    this.store = store;
    this.connections = connections;
    this.compare = compare;
    this.meters = meters;
    for (WarmRun.Outcome outcome : WarmRun.Outcome.values()) {
      runs(outcome);
      duration(outcome);
    }
    this.clock = clock;
    schedule(this::tick);
    // Apart from that, since it must not wait for a Redis that does not answer.
    schedule(this::giveUpWhatCannotBeTrusted);
  }

  private void schedule(Runnable task) {
    var _ =
        timer.scheduleWithFixedDelay(
            task, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Begins a run now, whatever the schedule and whoever moved the switch.
   *
   * @return its id
   * @throws OrderRefused where a migration or another warm run is under way
   */
  public String order() {
    SwitchState seen = switchboard.read();
    WarmRule.Situation now =
        desk.situation(seen, switchboard.leased().map(Lease::migration).orElse(null));
    if (now.busy() == null) {
      Optional<String> begun = begin(seen, false);
      if (begun.isPresent()) {
        return begun.get();
      }
    }
    throw new OrderRefused(
        Why.CONFLICT, "a migration or another warm run is under way: try again after it");
  }

  private void tick() {
    Warming mine = current;
    try {
      if (mine != null) {
        keep(mine);
      } else if (!clock.instant().isBefore(decidedAt.plus(DECIDE_EVERY))) {
        decidedAt = clock.instant();
        decide();
      }
    } catch (DataAccessException e) {
      log.debug("Redis is away: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.debug("no warm run can be judged: {}", e.getMessage());
    }
  }

  private void giveUpWhatCannotBeTrusted() {
    Warming mine = current;
    if (mine != null && !mine.trusted()) {
      mine.letGo(Warming.UNCONFIRMED);
    }
  }

  private void keep(Warming mine) {
    Instant now = clock.instant();
    boolean ours =
        looks++ % LOOKS_PER_RENEWAL == 0
            ? switchboard.keep(mine.lease()) == Renewal.KEPT
            : switchboard.leased().filter(mine.lease()::equals).isPresent();
    if (ours) {
      mine.confirm(now);
    } else {
      mine.letGo("it gave way to a migration");
    }
  }

  private void decide() {
    SwitchState seen = switchboard.read();
    String lease = switchboard.leased().map(Lease::migration).orElse(null);
    if (WarmRule.judge(desk.situation(seen, lease)).due()) {
      var _ = begin(seen, true);
    }
  }

  /** Empty where somebody else acts, or the run is no longer due once nobody else can. */
  private synchronized Optional<String> begin(SwitchState seen, boolean onlyIfDue) {
    if (current != null) {
      return Optional.empty();
    }
    byte[] random = new byte[2];
    ThreadLocalRandom.current().nextBytes(random);
    String id = Lease.WARM + ID.format(clock.instant()) + HexFormat.of().formatHex(random);
    Instant asked = clock.instant();
    Lease lease = switchboard.lease(id).orElse(null);
    if (lease == null) {
      return Optional.empty();
    }
    boolean begun = false;
    try {
      // Another migrator may have ended a run, or a migration, since this one looked.
      boolean still =
          switchboard.read().equals(seen)
              && (!onlyIfDue || WarmRule.judge(desk.situation(seen, null)).due());
      if (still) {
        Warming warming =
            new Warming(lease, seen, asked, steps, connections, compare, store, clock);
        current = warming;
        Thread.ofVirtual().name(id).start(() -> conduct(warming));
        begun = true;
      }
    } finally {
      if (!begun) {
        switchboard.giveBack(lease);
      }
    }
    return begun ? Optional.of(id) : Optional.empty();
  }

  private void conduct(Warming warming) {
    try {
      WarmRun ended = warming.run();
      tell(ended);
      store.keep(ended);
    } catch (DataAccessException e) {
      log.warn("{}: Redis is away; the standby is warmed again later", warming.lease().migration());
    } catch (RuntimeException e) {
      if (!stopping) {
        log.error("{}: the migrator itself failed", warming.lease().migration(), e);
      }
    } finally {
      warming.close();
      end(warming);
    }
  }

  private synchronized void end(Warming warming) {
    current = null;
    try {
      switchboard.giveBack(warming.lease());
    } catch (RuntimeException e) {
      log.debug("{}: its lease will run out", warming.lease().migration(), e);
    }
  }

  private Counter runs(WarmRun.Outcome outcome) {
    return Counter.builder("monkey.warm.runs")
        .description("Warm runs that ended, by how; preempted: it gave way to a migration")
        .tag("outcome", outcome.toString())
        .register(meters);
  }

  private Timer duration(WarmRun.Outcome outcome) {
    return Timer.builder("monkey.warm.duration")
        .description("How long warm runs took, by how they ended")
        .tag("outcome", outcome.toString())
        .register(meters);
  }

  private void tell(WarmRun ended) {
    Duration took = Duration.between(ended.startedAt(), ended.endedAt());
    runs(ended.outcome()).increment();
    duration(ended.outcome()).record(took);
    switch (ended.outcome()) {
      case COMPLETE -> log.info("{}: {}, {} ms", ended.id(), ended.text(), took.toMillis());
      case PREEMPTED -> log.info("{}: let go: {}", ended.id(), ended.text());
      case PARTIAL, FAILED -> log.warn("{}: {}: {}", ended.id(), ended.outcome(), ended.text());
    }
  }

  /** Lets go of what runs; the next migration or warm run finds nothing that it stumbles over. */
  @Override
  public void onApplicationEvent(ContextClosedEvent closing) {
    stopping = true;
    timer.shutdownNow();
    Warming mine = current;
    if (mine != null) {
      mine.letGo("the migrator is stopping");
    }
  }
}
