package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.plan.Outcome;
import io.migrationmonkey.migrator.plan.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Makes the source serve again: application started and healthy there, hold released. */
@Component
class RollBack {

  private static final Logger log = LoggerFactory.getLogger(RollBack.class);

  private final Rescue rescue;

  RollBack(Rescue rescue) {
    this.rescue = rescue;
  }

  Outcome run(MigrationRun run, String why) {
    if (run.hasBegun(Step.SWITCH_TRAFFIC)) {
      switch (rescue.fate(run)) {
        case LANDED -> {
          return new Outcome.FlipHadLanded(why, run.foundLanded());
        }
        // To guess could stop the server that serves.
        case UNKNOWN ->
            throw new MigrationRun.Relinquished(
                "nobody says whether the flip has landed; nothing is touched until Redis does, or a"
                    + " person with PUT /api/switch");
        case NOT_LANDED -> {}
      }
    }
    try {
      if (!run.hasBegun(Step.STOP_APPLICATION)) {
        // It still serves: what comes now need not be waited for.
        rescue.release(run);
      }
      rescue.stopCopying(run);
      boolean mayRun = run.hasBegun(Step.START_APPLICATION);
      if (mayRun && !rescue.stopOnStandby(run)) {
        fence(run, false, "its application could not be stopped: " + why);
      }
      run.checkStillOurs();
      rescue.startOnSource(run);
      rescue.release(run);
      // Installing may have enabled it there; nobody has to wait for that.
      if (!mayRun && run.hasBegun(Step.INSTALL_PACKAGES)) {
        rescue.stopOnStandby(run);
      }
      return new Outcome.RolledBack(why, run.aborted() != null);
    } catch (MigrationRun.Relinquished e) {
      throw e;
    } catch (RuntimeException e) {
      return new Outcome.RollBackFailed(
          "%s; and rolling back failed too: %s. Start the application on %s by hand"
              .formatted(why, e.getMessage(), run.source().name()));
    }
  }

  /**
   * Marks the source as gone.
   *
   * @throws DataAccessException where Redis does not take it; the migration must stand open then
   */
  void fenceSource(MigrationRun run, String why) {
    rescue.fence(run, true, why);
  }

  // The source must serve whether or not Redis can be told of it.
  private void fence(MigrationRun run, boolean source, String why) {
    try {
      rescue.fence(run, source, why);
    } catch (DataAccessException away) {
      log.warn("{}: {} could not be fenced: {}", run.id(), run.standby().name(), away.getMessage());
    }
  }
}
