package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.ServerUnreachable;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.switching.Fences;
import io.migrationmonkey.migrator.switching.Switchboard;
import io.migrationmonkey.migrator.switching.Switchboard.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Rescues by SSH and Redis. */
@Component
class RemoteRescue implements Rescue {

  private static final Logger log = LoggerFactory.getLogger(RemoteRescue.class);
  private static final Duration EVERY = Duration.ofMillis(200);

  /**
   * So long at most does the source wait for a standby that cannot be reached and still answers.
   */
  private static final Duration STANDBY_ANSWERS = Duration.ofSeconds(25);

  /** So often without an answer in a row, a second apart, and it counts as down. */
  private static final int SILENT = 5;

  /** After this, an application that nobody has stopped is asked without SSH whether it serves. */
  private static final Duration SSHD_IS_BACK = Duration.ofSeconds(20);

  /** So long until every proxy that lives has reported to a Redis that came back. */
  private static final Duration ALL_REPORT = ProxyReport.TTL.multipliedBy(2);

  private final ApplicationSettings application;
  private final Switchboard switchboard;
  private final Fences fences;
  private final HealthProbe health;
  private final HoldDeadline deadline;
  private final Waiting waiting;
  private final MigrationSettings settings;

  RemoteRescue(
      ApplicationSettings application,
      Switchboard switchboard,
      Fences fences,
      HealthProbe health,
      HoldDeadline deadline,
      Waiting waiting,
      MigrationSettings settings) {
    this.application = application;
    this.switchboard = switchboard;
    this.fences = fences;
    this.health = health;
    this.deadline = deadline;
    this.waiting = waiting;
    this.settings = settings;
  }

  @Override
  public Fate fate(MigrationRun run) {
    AtomicInteger withoutRecord = new AtomicInteger();
    return waiting
        .until(
            settings.holdTimeout(),
            EVERY,
            () -> {
              run.checkStillOurs();
              try {
                Fate fate = switchboard.forbidFlip(run.id(), run.seen(), "");
                return fate == Fate.UNKNOWN
                    ? asTheProxiesSay(run, withoutRecord.incrementAndGet())
                    : Optional.of(fate);
              } catch (DataAccessException away) {
                return Optional.empty();
              }
            })
        .orElse(Fate.UNKNOWN);
  }

  /** A Redis that has lost the record can't have the flip land later, since its switch is gone. */
  private Optional<Fate> asTheProxiesSay(MigrationRun run, int times) {
    List<ProxyReport> proxies = switchboard.proxies();
    if (proxies.stream().anyMatch(proxy -> proxy.epoch() > run.seen().epoch())) {
      return Optional.of(Fate.LANDED);
    }
    boolean allHaveSpoken = EVERY.multipliedBy(times).compareTo(ALL_REPORT) > 0;
    return allHaveSpoken && !proxies.isEmpty() ? Optional.of(Fate.NOT_LANDED) : Optional.empty();
  }

  @Override
  public void stopCopying(MigrationRun run) {
    try {
      run.source().run(PushData.stopLeftOver());
    } catch (SshFailure e) {
      log.warn("{}: copying could not be stopped: {}", run.id(), e.getMessage());
    }
  }

  @Override
  public boolean stopOnStandby(MigrationRun run) {
    // Once the source starts, two would be at work: whoever still may be is tried again for a
    // while.
    boolean alone = run.course() == Course.WITHOUT_DATA || !run.hasBegun(Step.START_APPLICATION);
    AtomicInteger silent = new AtomicInteger();
    return waiting
        .until(
            alone ? Duration.ZERO : deadline.leftToRollBack(run, STANDBY_ANSWERS),
            Duration.ofSeconds(1),
            () -> {
              run.checkStillOurs();
              if (stopped(run)) {
                return Optional.of(true);
              }
              boolean answers = health.awaitHealthy(run.standby(), Duration.ZERO).isEmpty();
              return silent.updateAndGet(before -> answers ? 0 : before + 1) < SILENT
                  ? Optional.empty()
                  : Optional.of(false);
            })
        .orElse(false);
  }

  private boolean stopped(MigrationRun run) {
    try {
      run.standby().run(Services.stop(application.services()));
      return true;
    } catch (SshFailure e) {
      log.warn(
          "{}: the application could not be stopped on {}: {}",
          run.id(),
          run.standby().name(),
          e.getMessage());
      return false;
    }
  }

  @Override
  public void startOnSource(MigrationRun run) {
    // One that this migration has stopped must be started, however long it takes to get there.
    boolean stopped = run.hasBegun(Step.STOP_APPLICATION);
    Optional<String> started =
        waiting.until(
            stopped ? settings.rebootTimeout() : SSHD_IS_BACK,
            Duration.ofSeconds(1),
            () -> {
              run.checkStillOurs();
              return started(run);
            });
    if (started.isEmpty() && stopped) {
      started = Optional.of(start(run));
    }
    health
        .awaitHealthy(run.source(), started.isPresent() ? settings.proveTimeout() : Duration.ZERO)
        .ifPresent(complaint -> {
          throw new StepFailed(complaint);
        });
  }

  private Optional<String> started(MigrationRun run) {
    try {
      return Optional.of(start(run));
    } catch (ServerUnreachable away) {
      log.warn("{}: {}", run.id(), away.getMessage());
      return Optional.empty();
    }
  }

  private String start(MigrationRun run) {
    return run.source()
        .run(Services.start(application.services(), run.seen().epoch(), Services.SLOW));
  }

  @Override
  public void release(MigrationRun run) {
    try {
      switchboard.release(run.id());
    } catch (DataAccessException e) {
      log.warn("{}: the hold could not be released and will run out: {}", run.id(), e.getMessage());
    }
  }

  @Override
  public void fence(MigrationRun run, boolean source, String why) {
    fences.fence((source ? run.source() : run.standby()).name(), run.id(), why, source);
  }
}
