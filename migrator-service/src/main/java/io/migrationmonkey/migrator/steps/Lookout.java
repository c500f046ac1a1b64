package io.migrationmonkey.migrator.steps;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.ServerFacts;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.switching.EpochMemory;
import io.migrationmonkey.migrator.switching.Fences;
import io.migrationmonkey.migrator.switching.Fences.Fence;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Looks for servers that are fenced, stops the application on one that can be reached again, and
 * readmits it once its monitor reports.
 */
@Component
class Lookout implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Lookout.class);
  private static final long EVERY_SECONDS = 2;

  private final ApplicationSettings application;
  private final Runner runner;
  private final Servers servers;
  private final Switchboard switchboard;
  private final EpochMemory epochs;
  private final Fences fences;
  private final Pause pause;
  private final Journal journal;
  private final Events events;
  private final StringRedisTemplate redis;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lookout").factory());

  /** The boot of a fenced server in which its application was stopped already. */
  private final Map<ServerName, String> stoppedIn = new ConcurrentHashMap<>();

  private final Map<ServerName, Boolean> missing = new EnumMap<>(ServerName.class);
  private volatile boolean paused;

  Lookout(
      ApplicationSettings application,
      Runner runner,
      Servers servers,
      Switchboard switchboard,
      EpochMemory epochs,
      Fences fences,
      Pause pause,
      Journal journal,
      Events events,
      StringRedisTemplate redis,
      MeterRegistry meters,
      Clock clock) {
    this.application = application;
    this.runner = runner;
    this.servers = servers;
    this.switchboard = switchboard;
    this.epochs = epochs;
    this.fences = fences;
    this.pause = pause;
    this.journal = journal;
    this.events = events;
    this.redis = redis;
    this.clock = clock;
    Gauge.builder("monkey.paused", this, lookout -> lookout.paused ? 1 : 0)
        .description("1 while nothing moves by itself")
        .register(meters);
    for (ServerName server : ServerName.values()) {
      Gauge.builder("monkey.source.missing", this, lookout -> lookout.isMissing(server) ? 1 : 0)
          .tag("server", server.toString())
          .description("1 while a server has not come back after a migration off it")
          .register(meters);
    }
    var _ = timer.scheduleWithFixedDelay(this::look, 0, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private boolean isMissing(ServerName server) {
    synchronized (missing) {
      return missing.getOrDefault(server, false);
    }
  }

  private void look() {
    try {
      paused = pause.standing().isPresent();
      for (ServerName server : ServerName.values()) {
        Optional<Fence> fence = fences.find(server);
        synchronized (missing) {
          missing.put(server, fence.filter(Fence::missing).isPresent());
        }
        if (fence.isPresent() && !runner.occupied()) {
          lookAt(server, fence.get());
        }
      }
      epochs.saw(switchboard.read().epoch());
    } catch (DataAccessException | SwitchUnknown e) {
      log.debug("nothing to look for: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("looking for fenced servers failed", e);
    }
  }

  private void lookAt(ServerName server, Fence fence) {
    SwitchState now = switchboard.read();
    if (now.active() == server) {
      lift(server, fence, "it is the active server now");
      return;
    }
    try {
      String bootId = servers.get(server).run(new ServerFacts.Read()).bootId();
      if (bootId.equals(stoppedIn.get(server))) {
        readmit(server, fence, bootId);
      } else {
        switchboard
            .lease("readmit-" + server)
            .ifPresent(lease -> stopUnder(lease, now, server, bootId));
      }
    } catch (SshFailure away) {
      log.debug("{} is still away: {}", server, away.getMessage());
    }
  }

  private void stopUnder(Lease lease, SwitchState now, ServerName server, String bootId) {
    MigrationRun run =
        new MigrationRun(
            lease,
            now,
            "a fenced server is back",
            servers.get(server),
            servers.get(server.other()),
            Map.of(),
            text -> {});
    runner.occupy(
        run,
        () -> {
          try {
            if (switchboard.read().active() != server) {
              servers.get(server).run(Services.stop(application.services()));
              stoppedIn.put(server, bootId);
              events.tell(
                  "migrator",
                  Event.What.FENCED,
                  "%s is back, and %s was stopped there".formatted(server, application.name()));
            }
          } catch (SshFailure | DataAccessException e) {
            log.warn("{} is back, but was not stopped: {}", server, e.getMessage());
          }
        });
  }

  private void readmit(ServerName server, Fence fence, String bootId) {
    boolean reports =
        Optional.ofNullable(redis.opsForValue().get(MonitorReport.key(server)))
            .map(report -> Wire.read(report, MonitorReport.class))
            .filter(report -> report.bootId().equals(bootId))
            .isPresent();
    if (reports) {
      lift(server, fence, "it stands by, its application off and its monitor reporting");
    }
  }

  private void lift(ServerName server, Fence fence, String how) {
    fences.lift(server);
    stoppedIn.remove(server);
    String text = "%s is readmitted: %s".formatted(server, how);
    events.tell("migrator", Event.What.READMITTED, text);
    if (journal.find(fence.migration()).isPresent()) {
      journal.append(
          fence.migration(),
          new JournalEntry(clock.instant(), Kind.READMITTED, null, text, Map.of()));
    }
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
