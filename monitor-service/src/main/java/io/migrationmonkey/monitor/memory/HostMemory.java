package io.migrationmonkey.monitor.memory;

import oshi.hardware.GlobalMemory;
import oshi.nativefree.SystemInfo;
import oshi.util.GlobalConfig;

/** The memory of the whole machine, by OSHI. Inside a container that is still the whole machine. */
public final class HostMemory {

  private final GlobalMemory memory;

  public HostMemory() {
    // OSHI hands out figures up to 300 ms old unless told so before its first use. This long is
    // shorter than any
    // period, and all that one reading asks for comes from one look at the file.
    GlobalConfig.set(GlobalConfig.OSHI_UTIL_MEMOIZER_EXPIRATION, 20);
    memory = new SystemInfo().getHardware().getMemory();
  }

  /** Reads the figures anew. OSHI gives zeros, and no error, for what it can't read. */
  public Figures read() {
    long available = memory.getAvailable();
    return new Figures(memory.getTotal(), available);
  }

  /**
   * What /proc/meminfo says.
   *
   * @param totalBytes MemTotal
   * @param availableBytes MemAvailable: free, or reclaimable without swapping
   */
  public record Figures(long totalBytes, long availableBytes) {}
}
