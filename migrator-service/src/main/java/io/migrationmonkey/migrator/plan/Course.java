package io.migrationmonkey.migrator.plan;

import static io.migrationmonkey.migrator.plan.Step.CHECK_SERVERS;
import static io.migrationmonkey.migrator.plan.Step.COPY_DATA;
import static io.migrationmonkey.migrator.plan.Step.COPY_LAST_CHANGES;
import static io.migrationmonkey.migrator.plan.Step.EXCHANGE_KEYS;
import static io.migrationmonkey.migrator.plan.Step.HOLD_TRAFFIC;
import static io.migrationmonkey.migrator.plan.Step.INSTALL_PACKAGES;
import static io.migrationmonkey.migrator.plan.Step.PROVE_STANDBY;
import static io.migrationmonkey.migrator.plan.Step.READMIT_SOURCE;
import static io.migrationmonkey.migrator.plan.Step.REBOOT_SOURCE;
import static io.migrationmonkey.migrator.plan.Step.START_APPLICATION;
import static io.migrationmonkey.migrator.plan.Step.STOP_APPLICATION;
import static io.migrationmonkey.migrator.plan.Step.SWITCH_TRAFFIC;

import java.util.List;

/** Which steps a migration takes, in which order. */
public enum Course {
  /** Writes must not be lost: requests wait while the last of the data moves. */
  WITH_DATA(
      CHECK_SERVERS,
      EXCHANGE_KEYS,
      INSTALL_PACKAGES,
      COPY_DATA,
      HOLD_TRAFFIC,
      STOP_APPLICATION,
      COPY_LAST_CHANGES,
      START_APPLICATION,
      PROVE_STANDBY,
      SWITCH_TRAFFIC,
      REBOOT_SOURCE,
      READMIT_SOURCE),
  /** Both servers may serve for a moment: no request waits, and the source stops last. */
  WITHOUT_DATA(
      CHECK_SERVERS,
      EXCHANGE_KEYS,
      INSTALL_PACKAGES,
      COPY_DATA,
      START_APPLICATION,
      PROVE_STANDBY,
      SWITCH_TRAFFIC,
      STOP_APPLICATION,
      REBOOT_SOURCE,
      READMIT_SOURCE);

  private final List<Step> steps;

  Course(Step... steps) {
    this.steps = List.of(steps);
  }

  public List<Step> steps() {
    return steps;
  }

  /** Whether the flip lies behind a migration that takes this step. */
  public boolean isPastNoReturn(Step step) {
    return steps.indexOf(step) > steps.indexOf(SWITCH_TRAFFIC);
  }
}
