package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.plan.Outcome;
import io.migrationmonkey.migrator.ssh.SshFailure;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Makes the source serve again: application started and healthy there, hold released. */
@Component
class RollBack {

  private static final Logger log = LoggerFactory.getLogger(RollBack.class);

  private final ApplicationSettings application;
  private final Switchboard switchboard;
  private final HealthProbe health;
  private final Waiting waiting;
  private final MigrationSettings settings;

  RollBack(
      ApplicationSettings application,
      Switchboard switchboard,
      HealthProbe health,
      Waiting waiting,
      MigrationSettings settings) {
    this.application = application;
    this.switchboard = switchboard;
    this.health = health;
    this.waiting = waiting;
    this.settings = settings;
  }

  Outcome run(MigrationRun run, String why) {
    try {
      if (flipLanded(run)) {
        return new Outcome.FlipHadLanded(why);
      }
      stopOnStandby(run);
      run.source().run(PushData.stopLeftOver());
      run.source().run(Services.start(application.services(), run.seen().epoch(), Services.SLOW));
      Optional<String> complaint = health.awaitHealthy(run.source(), settings.proveTimeout());
      if (complaint.isPresent()) {
        return new Outcome.RollBackFailed(
            "%s; and after it %s: start %s on %s by hand"
                .formatted(why, complaint.get(), application.name(), run.source().name()));
      }
      release(run);
      return new Outcome.RolledBack(why);
    } catch (MigrationRun.Relinquished e) {
      throw e;
    } catch (RuntimeException e) {
      return new Outcome.RollBackFailed(
          "%s; and rolling back failed too: %s. Start %s on %s by hand"
              .formatted(why, e.getMessage(), application.name(), run.source().name()));
    }
  }

  /**
   * Whether the traffic has moved after all.
   *
   * @throws MigrationRun.Relinquished where Redis does not say: to guess could stop the server that
   *     serves, so the journal stands open until Redis is back
   */
  private boolean flipLanded(MigrationRun run) {
    if (!run.flipTried()) {
      return false;
    }
    return waiting
        .until(
            settings.holdTimeout(),
            Duration.ofMillis(200),
            () -> {
              try {
                return Optional.of(switchboard.landed(run.id()));
              } catch (DataAccessException away) {
                return Optional.empty();
              }
            })
        .orElseThrow(() ->
            new MigrationRun.Relinquished(
                "Redis does not say whether the flip has landed; nothing is touched until it does"));
  }

  // The standby may be what broke: then the source must serve all the same.
  private void stopOnStandby(MigrationRun run) {
    try {
      run.standby().run(Services.stop(application.services()));
    } catch (SshFailure e) {
      log.warn(
          "{}: the application could not be stopped on the standby: {}", run.id(), e.getMessage());
    }
  }

  // Where Redis is away the hold runs out by itself.
  private void release(MigrationRun run) {
    try {
      switchboard.release(run.id());
    } catch (DataAccessException e) {
      log.warn("{}: the hold could not be released and will run out: {}", run.id(), e.getMessage());
    }
  }
}
