package io.migrationmonkey.migrator.plan;

import org.jspecify.annotations.Nullable;

/** What to do next. */
public sealed interface Move {

  record Run(Step step) implements Move {}

  /** Make the source serve: application started and healthy there, hold released. */
  record RollBack(String why) implements Move {}

  /**
   * Nothing: it is over.
   *
   * @param problem in words, with what to do; null when all is well
   */
  record End(State state, @Nullable String problem) implements Move {}
}
