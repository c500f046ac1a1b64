package io.migrationmonkey.migrator.plan;

import org.jspecify.annotations.Nullable;

/** What to do next. */
public sealed interface Move {

  record Run(Step step) implements Move {}

  /** Start the application on the source, see it healthy, release the hold. */
  record RollBack(String why) implements Move {}

  /**
   * Nothing: it is over.
   *
   * @param problem in words, with what to do; null when all is well
   */
  record End(State state, @Nullable String problem) implements Move {}
}
