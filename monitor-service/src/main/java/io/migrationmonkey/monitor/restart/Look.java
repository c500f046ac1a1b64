package io.migrationmonkey.monitor.restart;

import io.migrationmonkey.contract.ApplicationReport.State;
import org.jspecify.annotations.Nullable;

/** What can be seen of the application on this server. */
public sealed interface Look {

  /** In words. */
  String words();

  /** The same as other services hear it. */
  State state();

  /**
   * The units were looked at.
   *
   * @param installed systemd knows all of them
   * @param enabled none of them is disabled or masked: they are meant to run here
   * @param someRun at least one is not wholly off
   * @param allRun each of them runs
   * @param starting systemd is starting or stopping one, or will start it by itself in a moment
   * @param complaint what its health check says; null when it is well
   * @param systemdRestarts how often systemd has restarted them by itself so far
   * @param words what systemd says of the units
   */
  record Seen(
      boolean installed,
      boolean enabled,
      boolean someRun,
      boolean allRun,
      boolean starting,
      @Nullable String complaint,
      long systemdRestarts,
      String words)
      implements Look {

    boolean well() {
      return allRun && complaint == null;
    }

    @Override
    public State state() {
      return well() ? State.WELL : someRun ? State.SICK : State.OFF;
    }
  }

  /**
   * Nobody could look.
   *
   * @param words why
   */
  record Unseen(String words) implements Look {
    @Override
    public State state() {
      return State.UNKNOWN;
    }
  }
}
