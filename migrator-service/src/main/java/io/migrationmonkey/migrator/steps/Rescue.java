package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.switching.Switchboard.Fate;

/** What rolling back does to the world. All of it may be done twice. */
interface Rescue {

  /**
   * Whether the flip has landed. Where it has not, it never will.
   *
   * @return {@link Fate#UNKNOWN} where nobody says, though asked for long
   */
  Fate fate(MigrationRun run);

  /** Ends what still copies to the standby, as far as the source can be reached. */
  void stopCopying(MigrationRun run);

  /**
   * Stops and disables the application on the standby. Where that was started and must not run
   * beside the source, it is tried again for as long as it answers and the hold allows.
   *
   * @return false where that could not be done
   */
  boolean stopOnStandby(MigrationRun run);

  /**
   * Starts the application on the source and sees it healthy, or throws. One that this migration
   * has not stopped is fine where it is healthy, though nobody could log in to start it.
   */
  void startOnSource(MigrationRun run);

  /** Releases the hold; where Redis is away it runs out by itself. */
  void release(MigrationRun run);

  /** Marks a server that could not be reached: its application is stopped when it returns. */
  void fence(MigrationRun run, boolean source, String why);
}
