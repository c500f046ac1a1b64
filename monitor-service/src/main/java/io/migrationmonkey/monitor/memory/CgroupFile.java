package io.migrationmonkey.monitor.memory;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Parses the small files of a memory cgroup, of both versions. */
final class CgroupFile {

  private CgroupFile() {}

  /**
   * memory.max or memory.limit_in_bytes. Without a limit v2 says {@code max}, and v1 gives a number
   * larger than any memory.
   */
  static OptionalLong limit(Path file, String text) throws UnreadableMemoryException {
    return text.strip().equals("max")
        ? OptionalLong.empty()
        : OptionalLong.of(limitBytes(file, text));
  }

  /** memory.current or memory.usage_in_bytes. */
  static long bytes(Path file, String text) throws UnreadableMemoryException {
    return number(file, text.strip());
  }

  private static long limitBytes(Path file, String text) throws UnreadableMemoryException {
    long limit = bytes(file, text);
    if (limit == 0) {
      throw new UnreadableMemoryException("%s allows no memory at all".formatted(file));
    }
    return limit;
  }

  private static long number(Path file, String text) throws UnreadableMemoryException {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new UnreadableMemoryException("%s holds no number: '%s'".formatted(file, text), e);
    }
    throw new UnreadableMemoryException("%s holds no size: '%s'".formatted(file, text));
  }
}
