package io.migrationmonkey.migrator.plan;

import io.migrationmonkey.migrator.plan.Move.End;
import io.migrationmonkey.migrator.plan.Move.RollBack;
import io.migrationmonkey.migrator.plan.Move.Run;
import java.util.List;

/**
 * The sequence itself: from what became of the last move to the next one.
 *
 * <pre>
 *  with data
 *  CHECK ─ KEYS ─ INSTALL ─ COPY ─ HOLD ─ STOP ─ LAST ─ START ─ PROVE ─ SWITCH ║ REBOOT ─ READMIT ─▶ SUCCEEDED
 *  without
 *  CHECK ─ KEYS ─ INSTALL ─ COPY ─────────────────────── START ─ PROVE ─ SWITCH ║ STOP ─ REBOOT ─ READMIT ─▶ SUCCEEDED
 *    └──┬───┘       └───────┴───────┴──────┴───┬──┴──────┴───────┴───────┘     ║    └───────┴────┘
 *       ▼                                      ▼                               ║            ▼
 *    REFUSED, or           roll back ─▶ ROLLED_BACK, or              point of no return  SOURCE_MISSING
 *    ABORTED by order                   ABORTED by order
 * </pre>
 */
public final class Planner {

  /** So often a flip that has landed is confirmed anew before a person is asked. */
  private static final int CONFIRMATIONS = 3;

  private final Course course;

  public Planner(Course course) {
    this.course = course;
  }

  public Move first() {
    return new Run(course.steps().getFirst());
  }

  public Move after(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(Step step) -> following(step);
      case Outcome.Failed(Step step, String why) -> failed(step, "%s: %s".formatted(step, why));
      case Outcome.Aborted(Step step, String why) ->
          step.touchesNothing() ? new End(State.ABORTED, why) : new RollBack(why);
      case Outcome.Interrupted(Step step) -> interrupted(step);
      case Outcome.RollBackInterrupted(String why) -> new RollBack(why);
      case Outcome.RolledBack(String why, boolean byOrder) ->
          new End(byOrder ? State.ABORTED : State.ROLLED_BACK, why);
      case Outcome.FlipHadLanded(String why, int times) ->
          times < CONFIRMATIONS ? new Run(Step.SWITCH_TRAFFIC) : unconfirmed(why);
      case Outcome.RollBackFailed(String why) -> new End(State.NEEDS_HELP, why);
    };
  }

  private Move following(Step step) {
    List<Step> all = course.steps();
    int next = all.indexOf(step) + 1;
    return next < all.size() ? new Run(all.get(next)) : new End(State.SUCCEEDED, null);
  }

  private Move failed(Step step, String why) {
    if (step.touchesNothing()) {
      return new End(State.REFUSED, why);
    }
    return course.isPastNoReturn(step) ? new End(State.SOURCE_MISSING, why) : new RollBack(why);
  }

  /**
   * Before the flip back, after it forward. Rolling back asks first whether it has landed: to flip
   * later, on the word of a migrator that died, could send the traffic to what it had stopped
   * since.
   */
  private Move interrupted(Step step) {
    return course.isPastNoReturn(step)
        ? new Run(step)
        : failed(step, "the migrator stopped during %s".formatted(step));
  }

  private static Move unconfirmed(String why) {
    return new End(
        State.NEEDS_HELP,
        why
            + "; the traffic has moved all the same, so the old server was not rebooted: see that"
            + " every proxy follows the switch, then reboot it by hand");
  }
}
