package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.page.Snapshot.Followed;
import io.migrationmonkey.migrator.page.Snapshot.Inspected;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import io.migrationmonkey.migrator.parity.MonitorReports;
import io.migrationmonkey.migrator.parity.ParityDesk;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.steps.InspectServers;
import io.migrationmonkey.migrator.steps.Pausing;
import io.migrationmonkey.migrator.steps.Reboots;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Looks once a second, but at the servers and the journals only while somebody looks at the page.
 * Memory is looked at always, so that its last hour is there when somebody comes.
 */
@Component
class Watch implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  static final int HISTORY = 10;
  private static final int EVENTS = 12;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration WATCHED = Duration.ofSeconds(15);
  private static final Duration FRESH = Duration.ofSeconds(3);
  private static final Duration HISTORY_EVERY = Duration.ofSeconds(5);

  /** Who opens the page waits no longer for what is not known yet. */
  private static final Duration PATIENCE = Duration.ofMillis(700);

  private final Switchboard switchboard;
  private final MonitorReports monitors;
  private final ParityDesk desk;
  private final Pausing pausing;
  private final Journal journal;
  private final Events events;
  private final InspectServers servers;
  private final Reboots reboots;
  private final Clock clock;

  private final Map<ServerName, MemoryHistory> memory = new EnumMap<>(ServerName.class);
  private final Instant since;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().name("page-", 0).factory());
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  private volatile Instant watchedAt = Instant.MIN;
  private volatile @Nullable Told told;
  private volatile @Nullable String redisProblem;
  private volatile @Nullable Inspected inspected;
  private List<MigrationView> history = List.of();
  private Instant historyAt = Instant.MIN;
  private boolean ran;
  private @Nullable Followed ended;

  Watch(
      Switchboard switchboard,
      MonitorReports monitors,
      ParityDesk desk,
      Pausing pausing,
      Journal journal,
      Events events,
      InspectServers servers,
      Reboots reboots,
      Clock clock) {
    this.switchboard = switchboard;
    this.monitors = monitors;
    this.desk = desk;
    this.pausing = pausing;
    this.journal = journal;
    this.events = events;
    this.servers = servers;
    this.reboots = reboots;
    this.clock = clock;
    this.since = clock.instant();
    for (ServerName name : ServerName.values()) {
      memory.put(name, new MemoryHistory());
    }
    every(this::askRedis);
    every(this::askServers);
  }

  private void every(Runnable look) {
    var _ = timer.scheduleWithFixedDelay(look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What is known now. Somebody who comes after a while of silence waits a moment for it. */
  Snapshot now() {
    boolean unwatched = !watched();
    watchedAt = clock.instant();
    if (unwatched) {
      timer.execute(this::askRedis);
      timer.execute(this::askServers);
      awaitNews();
    }
    Instant now = clock.instant();
    Map<ServerName, List<MemorySample>> hour = new EnumMap<>(ServerName.class);
    memory.forEach((name, samples) -> hour.put(name, samples.until(now)));
    return new Snapshot(now, told, redisProblem, inspected, hour, since);
  }

  /** Has Redis asked at once, after something was ordered. */
  void refresh() {
    watchedAt = clock.instant();
    historyAt = Instant.MIN;
    askRedis();
  }

  private boolean watched() {
    return clock.instant().isBefore(after(watchedAt, WATCHED));
  }

  private static Instant after(Instant moment, Duration by) {
    return moment.equals(Instant.MIN) ? moment : moment.plus(by);
  }

  private void awaitNews() {
    long left = PATIENCE.toNanos();
    lock.lock();
    try {
      while (left > 0 && !(fresh(saidAt()) && fresh(asked()))) {
        left = news.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Instant saidAt() {
    Told said = told;
    return said == null ? null : said.at();
  }

  private @Nullable Instant asked() {
    Inspected seen = inspected;
    return seen == null ? null : seen.at();
  }

  private boolean fresh(@Nullable Instant at) {
    return at != null && clock.instant().isBefore(at.plus(FRESH));
  }

  private void tellOfNews() {
    lock.lock();
    try {
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private synchronized void askRedis() {
    try {
      Map<ServerName, MonitorReport> reports = new EnumMap<>(ServerName.class);
      memory.forEach((name, samples) ->
          monitors
              .of(name)
              .ifPresent(report -> {
                samples.add(report);
                reports.put(name, report);
              }));
      if (watched()) {
        told = tell(reports);
        tellOfNews();
      }
      redisProblem = null;
    } catch (DataAccessException away) {
      redisProblem = "Redis does not answer";
    } catch (RuntimeException e) {
      log.warn("What Redis holds cannot be read: {}", e.toString());
      redisProblem = "what Redis holds cannot be read: " + e.getMessage();
    }
  }

  private Told tell(Map<ServerName, MonitorReport> reports) {
    Instant now = clock.instant();
    SwitchState position = null;
    String switchProblem = null;
    ParityReport parity = null;
    String parityProblem = null;
    try {
      position = switchboard.read();
    } catch (SwitchUnknown unknown) {
      switchProblem = unknown.getMessage();
    }
    try {
      parity = desk.report();
    } catch (SwitchUnknown unknown) {
      parityProblem = unknown.getMessage();
    }
    Followed running =
        journal.unfinished().stream().findFirst().flatMap(view -> follow(view.id())).orElse(null);
    List<MigrationView> known = history(now, running != null);
    return new Told(
        now,
        position,
        switchProblem,
        switchboard.proxies(),
        reports,
        parity,
        parityProblem,
        pausing.standing().orElse(null),
        running,
        running == null ? latest(known) : running,
        known,
        events.latest(EVENTS));
  }

  /** Long journals are not read every second while nothing is written. */
  private List<MigrationView> history(Instant now, boolean runs) {
    if (runs || ran || !now.isBefore(after(historyAt, HISTORY_EVERY))) {
      history = journal.latest(HISTORY);
      historyAt = now;
    }
    ran = runs;
    return history;
  }

  private @Nullable Followed latest(List<MigrationView> known) {
    MigrationView newest = known.isEmpty() ? null : known.getFirst();
    if (newest != null && (ended == null || !ended.view().equals(newest))) {
      ended = follow(newest.id()).orElse(null);
    }
    return newest == null ? null : ended;
  }

  /** One migration with all its lines, which are asked for now. */
  Optional<Followed> follow(String id) {
    return journal.find(id).map(view -> new Followed(view, journal.entries(id, 0)));
  }

  private void askServers() {
    if (!watched()) {
      return;
    }
    try {
      inspected =
          new Inspected(
              clock.instant(),
              servers.inspect().stream()
                  .map(report -> report.withReboot(reboots.latest(report.name()).orElse(null)))
                  .toList());
      tellOfNews();
    } catch (RuntimeException e) {
      log.debug("the servers are not known: {}", e.toString());
    }
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
