package io.migrationmonkey.monitor.memory;

/**
 * What is read beside used and total. A server has some of them; one that can't be read is absent,
 * never zero.
 */
public enum Signal {
  /** Microseconds since boot in which some task on the host waited for memory. */
  HOST_SOME_STALL("hostSomeStall", "µs", true),
  /** Microseconds since boot in which all tasks on the host waited for memory. */
  HOST_FULL_STALL("hostFullStall", "µs", true),
  /** The same for this server's own cgroup. */
  OWN_SOME_STALL("ownSomeStall", "µs", true),
  OWN_FULL_STALL("ownFullStall", "µs", true),
  SWAP_TOTAL("swapTotal", "bytes", false),
  SWAP_USED("swapUsed", "bytes", false),
  SWAPPED_IN("swappedIn", "pages", true),
  SWAPPED_OUT("swappedOut", "pages", true),
  MAJOR_FAULTS("majorFaults", "faults", true),
  HOST_OOM_KILLS("hostOomKills", "kills", true),
  OWN_OOM_KILLS("ownOomKills", "kills", true),
  /** What ZFS would give back of its cache; the kernel does not count it as available. */
  ZFS_RECLAIMABLE("zfsReclaimable", "bytes", false),
  /** Usage minus inactive file pages of the cgroup whose limit counts: what others call used. */
  WORKING_SET("workingSet", "bytes", false);

  private final String label;
  private final String unit;
  private final boolean counter;

  Signal(String label, String unit, boolean counter) {
    this.label = label;
    this.unit = unit;
    this.counter = counter;
  }

  /** Its name in JSON, in metrics and in a trace. */
  public String label() {
    return label;
  }

  public String unit() {
    return unit;
  }

  /** True where the value only grows, so that its rate is what says something. */
  public boolean counter() {
    return counter;
  }
}
