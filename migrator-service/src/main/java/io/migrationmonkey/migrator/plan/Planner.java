package io.migrationmonkey.migrator.plan;

import io.migrationmonkey.migrator.plan.Move.End;
import io.migrationmonkey.migrator.plan.Move.RollBack;
import io.migrationmonkey.migrator.plan.Move.Run;
import java.util.List;

/**
 * The sequence itself: from what became of the last move to the next one.
 *
 * <pre>
 *  CHECK ─ KEYS ─ INSTALL ─ COPY ─ HOLD ─ STOP ─ LAST ─ START ─ PROVE ─ SWITCH ║ REBOOT ─ READMIT ─▶ SUCCEEDED
 *    └──┬───┘       └───────┴───────┴──────┴───┬──┴──────┴───────┴───────┘     ║    └───┬────┘
 *       ▼                                      ▼                               ║        ▼
 *    REFUSED                      roll back ─▶ ROLLED_BACK        point of no return  NEEDS_HELP
 * </pre>
 */
public final class Planner {

  private Planner() {}

  public static Move first() {
    return new Run(Step.CHECK_SERVERS);
  }

  public static Move after(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(Step step) -> following(step);
      case Outcome.Failed(Step step, String why) -> failed(step, "%s: %s".formatted(step, why));
      case Outcome.Interrupted(Step step) -> interrupted(step);
      case Outcome.RolledBack(String why) -> new End(State.ROLLED_BACK, why);
      case Outcome.FlipHadLanded(String why) ->
          new End(
              State.NEEDS_HELP,
              why
                  + "; the traffic has moved all the same, so the old server was not rebooted: see"
                  + " that every proxy follows the switch, then reboot it by hand");
      case Outcome.RollBackFailed(String why) -> new End(State.NEEDS_HELP, why);
    };
  }

  private static Move following(Step step) {
    List<Step> all = List.of(Step.values());
    int next = all.indexOf(step) + 1;
    return next < all.size() ? new Run(all.get(next)) : new End(State.SUCCEEDED, null);
  }

  private static Move failed(Step step, String why) {
    return switch (step.ifItFails()) {
      case REFUSE -> new End(State.REFUSED, why);
      case ROLL_BACK -> new RollBack(why);
      case ASK_FOR_HELP -> new End(State.NEEDS_HELP, why);
    };
  }

  /** The switch step asks first whether its flip has landed, so it may be taken again. */
  private static Move interrupted(Step step) {
    return step.compareTo(Step.SWITCH_TRAFFIC) < 0
        ? new RollBack("the migrator stopped during %s".formatted(step))
        : new Run(step);
  }
}
