package io.migrationmonkey.monitor.memory;

import io.migrationmonkey.contract.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** The files that a server's memory is read from, in a folder of a test's own. */
public final class FakeServer {

  public static final long HOST_TOTAL = 24L << 30;

  private final Path root;
  private HostMemory.Figures host = new HostMemory.Figures(HOST_TOTAL, HOST_TOTAL * 3 / 4);

  /** A container on cgroup v1 as captured, without a limit yet. */
  public FakeServer(Path root) {
    this.root = root;
    looksLike("v1-docker-systemd");
    write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  }

  public FakeServer looksLike(String captured) {
    write("/proc/self/mountinfo", ServerCgroupTest.resource(captured + "/mountinfo"));
    return write("/proc/1/cgroup", ServerCgroupTest.resource(captured + "/cgroup"));
  }

  public FakeServer host(long totalBytes, long availableBytes) {
    host = new HostMemory.Figures(totalBytes, availableBytes);
    return this;
  }

  /** A limit of 1000 MiB, of which so many are used. */
  public FakeServer usedMebibytes(long used) {
    write("/sys/fs/cgroup/memory/memory.limit_in_bytes", (1000L << 20) + "\n");
    write("/sys/fs/cgroup/memory/memory.stat", "total_inactive_file 0\n");
    return write("/sys/fs/cgroup/memory/memory.usage_in_bytes", (used << 20) + "\n");
  }

  public FakeServer write(String path, String text) {
    Path file = root.resolve(path.substring(1));
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public FakeServer delete(String path) {
    try {
      Files.delete(root.resolve(path.substring(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public ServerMemory memory() {
    return memory(new ManualClock());
  }

  public ServerMemory memory(Clock clock) {
    return new ServerMemory(root, () -> host, clock);
  }
}
