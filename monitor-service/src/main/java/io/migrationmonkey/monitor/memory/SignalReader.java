package io.migrationmonkey.monitor.memory;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Reads what strain shows in: stalls, paging, faults, kills, ZFS. None of them is needed, so one
 * that can't be read is left out.
 */
final class SignalReader {

  private static final Path HOST_STALL = Path.of("/proc/pressure/memory");
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Path VMSTAT = Path.of("/proc/vmstat");
  private static final Path ARC = Path.of("/proc/spl/kstat/zfs/arcstats");

  private static final long KIB = 1024;

  private final SmallFiles files;

  SignalReader(SmallFiles files) {
    this.files = files;
  }

  /** Which of a cgroup's files there is to ask; empty for a host without a limit. */
  record Own(Path stall, Path kills) {}

  Map<Signal, Figure> read(java.util.Optional<Own> own) {
    Map<Signal, Figure> found = new EnumMap<>(Signal.class);
    stall(found, HOST_STALL, Signal.HOST_SOME_STALL, Signal.HOST_FULL_STALL);
    if (loaded(MEMINFO)) {
      swap(found);
    }
    if (loaded(VMSTAT)) {
      line(found, Signal.SWAPPED_IN, VMSTAT, "pswpin");
      line(found, Signal.SWAPPED_OUT, VMSTAT, "pswpout");
      line(found, Signal.MAJOR_FAULTS, VMSTAT, "pgmajfault");
      line(found, Signal.HOST_OOM_KILLS, VMSTAT, "oom_kill");
    }
    own.ifPresent(cgroup -> {
      stall(found, cgroup.stall, Signal.OWN_SOME_STALL, Signal.OWN_FULL_STALL);
      if (loaded(cgroup.kills)) {
        line(found, Signal.OWN_OOM_KILLS, cgroup.kills, "oom_kill");
      }
    });
    zfs(found);
    return found;
  }

  private void stall(Map<Signal, Figure> found, Path file, Signal some, Signal full) {
    if (loaded(file)) {
      put(found, some, file, "some total", files.numberAfter("some", "total="));
      put(found, full, file, "full total", files.numberAfter("full", "total="));
    }
  }

  // Not by OSHI, which says 0 both for no swap and for what it can't read, and would parse the
  // whole
  // file once more.
  private void swap(Map<Signal, Figure> found) {
    OptionalLong total = files.number("SwapTotal:");
    OptionalLong free = files.number("SwapFree:");
    if (total.isPresent() && free.isPresent()) {
      found.put(Signal.SWAP_TOTAL, new Figure(total.getAsLong() * KIB, MEMINFO + " SwapTotal"));
      found.put(
          Signal.SWAP_USED,
          new Figure(
              (total.getAsLong() - free.getAsLong()) * KIB, MEMINFO + " SwapTotal minus SwapFree"));
    }
  }

  // A line there: c_min 4 524288000
  private void zfs(Map<Signal, Figure> found) {
    if (loaded(ARC)) {
      OptionalLong size = files.numberAfter("size", " 4 ");
      OptionalLong least = files.numberAfter("c_min", " 4 ");
      if (size.isPresent() && least.isPresent()) {
        found.put(
            Signal.ZFS_RECLAIMABLE,
            new Figure(
                Math.max(0, size.getAsLong() - least.getAsLong()), ARC + " size minus c_min"));
      }
    }
  }

  private boolean loaded(Path file) {
    try {
      return files.load(file);
    } catch (UnreadableMemoryException e) {
      return false;
    }
  }

  private void line(Map<Signal, Figure> found, Signal signal, Path file, String key) {
    put(found, signal, file, key, files.number(key));
  }

  private static void put(
      Map<Signal, Figure> found, Signal signal, Path file, String key, OptionalLong value) {
    value.ifPresent(number -> found.put(signal, new Figure(number, file + " " + key)));
  }
}
