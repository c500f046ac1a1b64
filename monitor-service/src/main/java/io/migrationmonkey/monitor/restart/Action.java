package io.migrationmonkey.monitor.restart;

/** What Restart Monkey can do to the application on its server. */
enum Action {
  NOTHING,
  /** What is down of it. */
  START,
  /** Stop all of it and start it again. */
  RESTART,
  /** All of it, and keep it from starting at boot. */
  STOP
}
