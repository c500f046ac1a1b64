package io.migrationmonkey.monitor.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of this server: the host's, or that of the container which the server is, where its
 * limit is tighter.
 *
 * <p>Every figure is read anew each time: limits change while a container runs.
 */
public final class ServerMemory {

  private final Path root;
  private final Supplier<HostMemory.Figures> host;
  private final Clock clock;

  /**
   * @param root where /proc and /sys are found; the file system's root outside of tests
   * @param host the whole machine's figures
   */
  public ServerMemory(Path root, Supplier<HostMemory.Figures> host, Clock clock) {
    this.root = root;
    this.host = host;
    this.clock = clock;
  }

  private record Limit(Path level, long bytes) {}

  /**
   * Reads it.
   *
   * @throws UnreadableMemoryException where a figure can't be had. None is ever guessed
   */
  public MemoryReading read() throws UnreadableMemoryException {
    HostMemory.Figures machine = host.get();
    if (machine.totalBytes() <= 0) {
      throw new UnreadableMemoryException("/proc/meminfo can't be read");
    }
    Optional<ServerCgroup> cgroup = ServerCgroup.find(text(proc("self/mountinfo")), cgroupOfPid1());
    if (cgroup.isPresent()) {
      Limit limit = tightest(cgroup.get());
      if (limit != null && limit.bytes < machine.totalBytes()) {
        return container(cgroup.get().version(), limit);
      }
    }
    return new MemoryReading(
        clock.instant(),
        machine.totalBytes(),
        machine.totalBytes() - machine.availableBytes(),
        "host /proc/meminfo via OSHI");
  }

  private @Nullable Limit tightest(ServerCgroup cgroup) throws UnreadableMemoryException {
    Limit tightest = null;
    for (Path level : cgroup.levels()) {
      Path file = level.resolve(cgroup.version().limitFile);
      // The root of a host and a level without the memory controller have no such file on v2.
      String text = textIfThere(file);
      OptionalLong bytes = text == null ? OptionalLong.empty() : CgroupFile.limit(file, text);
      if (bytes.isPresent() && (tightest == null || bytes.getAsLong() < tightest.bytes)) {
        tightest = new Limit(level, bytes.getAsLong());
      }
    }
    return tightest;
  }

  private MemoryReading container(ServerCgroup.Version version, Limit limit)
      throws UnreadableMemoryException {
    Path usageFile = limit.level.resolve(version.usageFile);
    long usage = CgroupFile.bytes(usageFile, text(usageFile));
    Path statFile = limit.level.resolve("memory.stat");
    long reclaimable = CgroupFile.stat(statFile, text(statFile), version.inactiveFileKey);
    return new MemoryReading(
        clock.instant(),
        limit.bytes,
        // The kernel brings memory.stat up to date later than the usage.
        Math.max(0, usage - reclaimable),
        "cgroup %s limit %s".formatted(version.label, limit.level));
  }

  // Hardened systems hide other people's processes.
  private @Nullable String cgroupOfPid1() throws UnreadableMemoryException {
    Path file = proc("1/cgroup");
    return Files.isReadable(under(file)) ? textIfThere(file) : null;
  }

  private static Path proc(String name) {
    return Path.of("/proc").resolve(name);
  }

  private String text(Path file) throws UnreadableMemoryException {
    String text = textIfThere(file);
    if (text == null) {
      throw new UnreadableMemoryException("%s is missing".formatted(file));
    }
    return text;
  }

  private Path under(Path file) {
    return root.resolve(Path.of("/").relativize(file));
  }

  private @Nullable String textIfThere(Path file) throws UnreadableMemoryException {
    try {
      return Files.readString(under(file));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UnreadableMemoryException("%s can't be read: %s".formatted(file, e), e);
    }
  }
}
