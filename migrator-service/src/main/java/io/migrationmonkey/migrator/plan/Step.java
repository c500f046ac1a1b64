package io.migrationmonkey.migrator.plan;

/** What a migration consists of; a {@link Course} says in which order. Each may run twice. */
public enum Step {
  CHECK_SERVERS,
  EXCHANGE_KEYS,
  INSTALL_PACKAGES,
  COPY_DATA,
  HOLD_TRAFFIC,
  STOP_APPLICATION,
  COPY_LAST_CHANGES,
  START_APPLICATION,
  PROVE_STANDBY,
  /** The point of no return: once the flip has landed, the only way is forward. */
  SWITCH_TRAFFIC,
  REBOOT_SOURCE,
  READMIT_SOURCE;

  /** Whether nothing that serves is touched by it, nor by what comes before it. */
  boolean touchesNothing() {
    return this == CHECK_SERVERS || this == EXCHANGE_KEYS;
  }
}
