package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.plan.Step;

/** One of the twelve steps. It may run twice, and it may find its work half done. */
interface MigrationStep {

  Step step();

  /**
   * Does it.
   *
   * @return what was done, in words and in figures
   * @throws StepFailed where it could not be done
   * @throws RuntimeException likewise, from what it called: SSH, Redis
   */
  StepReport run(MigrationRun run);
}
