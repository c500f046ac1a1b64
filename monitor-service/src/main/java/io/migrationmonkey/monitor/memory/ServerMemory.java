package io.migrationmonkey.monitor.memory;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of this server: the host's, or that of a cgroup that holds the server, whichever has
 * the least left.
 *
 * <p>Every figure is read anew each time: limits change while a container runs. Only where the
 * cgroups lie is remembered for a moment. Belongs to one thread.
 */
public final class ServerMemory {

  private static final Duration CGROUPS_MOVE_RARELY = Duration.ofSeconds(10);

  private final SmallFiles files;
  private final SignalReader signals;
  private final Supplier<HostMemory.Figures> host;
  private final Clock clock;
  private @Nullable Place place;

  /**
   * @param root where /proc and /sys are found; the file system's root outside of tests
   * @param host the whole machine's figures
   * @param clock one that nobody sets
   */
  public ServerMemory(Path root, Supplier<HostMemory.Figures> host, Clock clock) {
    this.files = new SmallFiles(root);
    this.signals = new SignalReader(files);
    this.host = host;
    this.clock = clock;
  }

  private record Place(Instant at, Optional<ServerCgroup> cgroup, Optional<SignalReader.Own> own) {}

  private record Level(long total, long used, long workingSet, String source) {

    long available() {
      return total - used;
    }
  }

  /**
   * Reads it.
   *
   * @throws UnreadableMemoryException where used or total can't be had. None is ever guessed
   */
  public MemoryReading read() throws UnreadableMemoryException {
    HostMemory.Figures machine = host.get();
    if (machine.totalBytes() <= 0) {
      throw new UnreadableMemoryException("/proc/meminfo can't be read");
    }
    Place here = place();
    Map<Signal, Figure> found = signals.read(here.own);
    Level tightest = machine(machine, found.get(Signal.ZFS_RECLAIMABLE));
    if (here.cgroup.isPresent()) {
      ServerCgroup cgroup = here.cgroup.get();
      for (Path directory : cgroup.levels()) {
        Level level = level(cgroup.version(), directory, machine.totalBytes());
        if (level != null && level.available() < tightest.available()) {
          tightest = level;
          Figure working = new Figure(level.workingSet, directory + " usage minus inactive file");
          found.put(Signal.WORKING_SET, working);
        }
      }
    }
    return new MemoryReading(
        clock.instant(),
        tightest.total,
        tightest.used,
        tightest.source,
        found.isEmpty() ? Map.of() : new EnumMap<>(found));
  }

  private static Level machine(HostMemory.Figures machine, @Nullable Figure zfs) {
    long used = machine.totalBytes() - machine.availableBytes();
    String source = "host /proc/meminfo via OSHI";
    return zfs == null
        ? new Level(machine.totalBytes(), used, used, source)
        : new Level(
            machine.totalBytes(), Math.max(0, used - zfs.value()), used, source + ", less ZFS");
  }

  private @Nullable Level level(ServerCgroup.Version version, Path directory, long machineTotal)
      throws UnreadableMemoryException {
    Path limitFile = directory.resolve(version.limitFile);
    // The root of a host and a level without the memory controller have no such file on v2.
    if (!files.load(limitFile)) {
      return null;
    }
    OptionalLong limit = CgroupFile.limit(limitFile, files.text());
    if (limit.isEmpty() || limit.getAsLong() >= machineTotal) {
      return null;
    }
    Path usageFile = directory.resolve(version.usageFile);
    require(usageFile);
    long usage = CgroupFile.bytes(usageFile, files.text());
    Path statFile = directory.resolve("memory.stat");
    require(statFile);
    long workingSet = usage - inactive(version, statFile);
    long used = workingSet;
    for (String key : version.reclaimableKeys) {
      used -= files.number(key).orElse(0);
    }
    return new Level(
        limit.getAsLong(),
        // The kernel brings memory.stat up to date later than the usage.
        Math.max(0, used),
        Math.max(0, workingSet),
        "cgroup %s limit %s".formatted(version.label, directory));
  }

  private long inactive(ServerCgroup.Version version, Path statFile)
      throws UnreadableMemoryException {
    OptionalLong inactive = files.number(version.inactiveFileKey);
    if (inactive.isEmpty()) {
      throw new UnreadableMemoryException(
          "%s has no line %s".formatted(statFile, version.inactiveFileKey));
    }
    return inactive.getAsLong();
  }

  private Place place() throws UnreadableMemoryException {
    Instant now = clock.instant();
    Place known = place;
    if (known == null || Duration.between(known.at, now).compareTo(CGROUPS_MOVE_RARELY) >= 0) {
      known = find(now);
      place = known;
    }
    return known;
  }

  private Place find(Instant now) throws UnreadableMemoryException {
    Path mountinfoFile = Path.of("/proc/self/mountinfo");
    require(mountinfoFile);
    String mountinfo = files.text();
    String ofPid1 = cgroupOfPid1();
    Optional<ServerCgroup> cgroup = ServerCgroup.find(mountinfo, ofPid1);
    return new Place(now, cgroup, cgroup.flatMap(found -> own(found, mountinfo, ofPid1)));
  }

  private static Optional<SignalReader.Own> own(
      ServerCgroup cgroup, String mountinfo, @Nullable String ofPid1) {
    Path server = cgroup.levels().getFirst();
    Path stalls;
    try {
      stalls = ServerCgroup.stallDirectory(mountinfo, ofPid1).orElse(server);
    } catch (UnreadableMemoryException e) {
      stalls = server;
    }
    return Optional.of(
        new SignalReader.Own(
            stalls.resolve("memory.pressure"), server.resolve(cgroup.version().killsFile)));
  }

  // Hardened systems hide other people's processes.
  private @Nullable String cgroupOfPid1() throws UnreadableMemoryException {
    Path file = Path.of("/proc/1/cgroup");
    return files.isReadable(file) ? files.text(file) : null;
  }

  private void require(Path file) throws UnreadableMemoryException {
    if (!files.load(file)) {
      throw new UnreadableMemoryException("%s is missing".formatted(file));
    }
  }
}
