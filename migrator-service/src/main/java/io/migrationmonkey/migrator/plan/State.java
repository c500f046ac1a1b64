package io.migrationmonkey.migrator.plan;

/** How a migration stands, or how it ended. */
public enum State {
  RUNNING,
  /** The other server serves and the old one is back as its standby. */
  SUCCEEDED,
  /** The other server serves, but the old one has not come back: it is fenced until it does. */
  SOURCE_MISSING,
  /** It failed on the way and the source serves as before. */
  ROLLED_BACK,
  /** Somebody ordered it to stop; the source serves as before. */
  ABORTED,
  /** It never began: a check said no. Nothing that serves was touched. */
  REFUSED,
  /** A person must look; the problem says where. */
  NEEDS_HELP,
  /** It was only asked what would happen. */
  DRY_RUN_DONE
}
