package io.migrationmonkey.lab.faults;

/** One fault at one moment. */
record FaultCase(Fault fault, Moment moment) {

  /** As it is asked for: {@code KILL_MIGRATOR@COPY_DATA.before}. */
  String name() {
    return fault + "@" + moment;
  }

  /** True for its whole name, and for what is left of it without the parts at its end. */
  boolean matches(String asked) {
    return name().equals(asked) || name().startsWith(asked + ".") || name().startsWith(asked + "@");
  }

  @Override
  public String toString() {
    return name();
  }
}
