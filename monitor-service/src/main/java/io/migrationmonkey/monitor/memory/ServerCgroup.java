package io.migrationmonkey.monitor.memory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cgroup that holds all of this server: the one of its PID 1, and what stands above it.
 *
 * <p>Not the one of this process: the monitor may run as a unit with a limit of its own, which says
 * nothing about the server.
 *
 * @param version whose files to read
 * @param levels directories, the server's own first, up to the root of the mount
 */
record ServerCgroup(Version version, List<Path> levels) {

  /** What the two versions of cgroups call the same things. */
  enum Version {
    V1(
        "v1",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "memory.oom_control",
        "total_inactive_file",
        List.of("total_active_file")),
    V2(
        "v2",
        "memory.max",
        "memory.current",
        "memory.events",
        "inactive_file",
        List.of("active_file", "slab_reclaimable"));

    final String label;
    final String limitFile;
    final String usageFile;
    final String killsFile;
    final String inactiveFileKey;

    /** What else in memory.stat the kernel gives back without swapping. */
    final List<String> reclaimableKeys;

    Version(
        String label,
        String limitFile,
        String usageFile,
        String killsFile,
        String inactiveFileKey,
        List<String> reclaimableKeys) {
      this.label = label;
      this.limitFile = limitFile;
      this.usageFile = usageFile;
      this.killsFile = killsFile;
      this.inactiveFileKey = inactiveFileKey;
      this.reclaimableKeys = reclaimableKeys;
    }
  }

  private record Mount(Version version, String root, Path point) {}

  /**
   * Finds it.
   *
   * @param mountinfo the text of /proc/self/mountinfo
   * @param cgroupOfPid1 the text of /proc/1/cgroup; null where that is hidden from this process:
   *     the root of the mount stands for the server then
   * @return empty where no memory cgroup is mounted
   * @throws UnreadableMemoryException where PID 1 is outside of what is mounted here
   */
  static Optional<ServerCgroup> find(String mountinfo, @Nullable String cgroupOfPid1)
      throws UnreadableMemoryException {
    // On a hybrid host both are mounted, and the memory controller sits with v1.
    Optional<Mount> mounted =
        mounts(mountinfo, Version.V1)
            .findFirst()
            .or(() -> mounts(mountinfo, Version.V2).findFirst());
    if (mounted.isEmpty()) {
      return Optional.empty();
    }
    Mount mount = mounted.get();
    Path below =
        cgroupOfPid1 == null
            ? Path.of("")
            : below(mount.root, pathOfServer(mount.version, cgroupOfPid1));
    List<Path> levels = new ArrayList<>();
    for (Path level = below; level != null && !level.toString().isEmpty(); ) {
      levels.add(mount.point.resolve(level));
      level = level.getParent();
    }
    levels.add(mount.point);
    return Optional.of(new ServerCgroup(mount.version, List.copyOf(levels)));
  }

  /**
   * Where the server's own stalls are counted: with v2 alone, which stands beside v1 on a hybrid
   * host.
   */
  static Optional<Path> stallDirectory(String mountinfo, @Nullable String cgroupOfPid1)
      throws UnreadableMemoryException {
    Optional<Mount> mount = mounts(mountinfo, Version.V2).findFirst();
    if (mount.isEmpty() || cgroupOfPid1 == null) {
      return Optional.empty();
    }
    Path below = below(mount.get().root, pathOfServer(Version.V2, cgroupOfPid1));
    return Optional.of(mount.get().point.resolve(below));
  }

  // A line: 36 35 98:0 /root /mount/point options tag:1 - type source super-options
  private static Stream<Mount> mounts(String mountinfo, Version version) {
    return mountinfo
        .lines()
        .map(line -> line.split(" - ", 2))
        .filter(halves -> halves.length == 2)
        .filter(halves -> isMemory(halves[1].split(" "), version))
        .map(halves -> halves[0].split(" "))
        .filter(fields -> fields.length > 4)
        .map(fields -> new Mount(version, unescape(fields[3]), Path.of(unescape(fields[4]))));
  }

  private static boolean isMemory(String[] typeSourceOptions, Version version) {
    return switch (version) {
      case V1 ->
          typeSourceOptions.length > 2
              && typeSourceOptions[0].equals("cgroup")
              && Arrays.asList(typeSourceOptions[2].split(",")).contains("memory");
      case V2 -> typeSourceOptions[0].equals("cgroup2");
    };
  }

  // The kernel writes blanks, tabs, line ends and backslashes in octal there.
  private static String unescape(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  // A line: 4:cpu,memory:/path on v1, and 0::/path on v2.
  private static String pathOfServer(Version version, String cgroups)
      throws UnreadableMemoryException {
    String path =
        cgroups
            .lines()
            .map(line -> line.split(":", 3))
            .filter(fields -> fields.length == 3)
            .filter(fields ->
                switch (version) {
                  case V1 -> Arrays.asList(fields[1].split(",")).contains("memory");
                  case V2 -> fields[0].equals("0") && fields[1].isEmpty();
                })
            .map(fields -> fields[2])
            .findFirst()
            .orElseThrow(() ->
                new UnreadableMemoryException(
                    "/proc/1/cgroup names no memory cgroup %s".formatted(version.label)));
    // systemd moves itself into a leaf: the server is the parent.
    return path.endsWith("/init.scope")
        ? path.substring(0, path.length() - "/init.scope".length())
        : path;
  }

  private static Path below(String root, String path) throws UnreadableMemoryException {
    Path base = Path.of("/").resolve(root);
    Path whole = Path.of("/").resolve(path);
    if (!whole.startsWith(base) || !whole.normalize().equals(whole)) {
      throw new UnreadableMemoryException(
          ("the cgroup of PID 1, %s, is outside of what is mounted here, %s:"
                  + " give this process no cgroup namespace of its own")
              .formatted(path, root));
    }
    return base.relativize(whole);
  }
}
