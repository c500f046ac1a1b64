package io.migrationmonkey.migrator.plan;

/** The steps of a migration, in their order. Each may run twice. */
public enum Step {
  CHECK_SERVERS(IfItFails.REFUSE),
  EXCHANGE_KEYS(IfItFails.REFUSE),
  INSTALL_PACKAGES(IfItFails.ROLL_BACK),
  COPY_DATA(IfItFails.ROLL_BACK),
  HOLD_TRAFFIC(IfItFails.ROLL_BACK),
  STOP_APPLICATION(IfItFails.ROLL_BACK),
  COPY_LAST_CHANGES(IfItFails.ROLL_BACK),
  START_APPLICATION(IfItFails.ROLL_BACK),
  PROVE_STANDBY(IfItFails.ROLL_BACK),
  /** The point of no return: once the flip has landed, the only way is forward. */
  SWITCH_TRAFFIC(IfItFails.ROLL_BACK),
  REBOOT_SOURCE(IfItFails.ASK_FOR_HELP),
  READMIT_SOURCE(IfItFails.ASK_FOR_HELP);

  /** What a failure of a step leads to. */
  public enum IfItFails {
    /** Nothing that serves was touched: end. */
    REFUSE,
    /** Make the source serve again. */
    ROLL_BACK,
    /** The standby serves; a person must look at the source. */
    ASK_FOR_HELP
  }

  private final IfItFails ifItFails;

  Step(IfItFails ifItFails) {
    this.ifItFails = ifItFails;
  }

  public IfItFails ifItFails() {
    return ifItFails;
  }
}
