package io.migrationmonkey.migrator.application;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a round of {@link PushData} is, as it says once a second.
 *
 * @param bytes that rsync has written so far
 * @param seconds since it began
 */
public record PushProgress(long bytes, long seconds) {

  private static final Pattern LINE = Pattern.compile("written: (\\d{1,18}) (\\d{1,9})");

  public static Optional<PushProgress> parse(String line) {
    Matcher m = LINE.matcher(line);
    return m.matches()
        ? Optional.of(new PushProgress(Long.parseLong(m.group(1)), Long.parseLong(m.group(2))))
        : Optional.empty();
  }

  /**
   * For people, for example {@code round 1: 412 of 1024 MB (40 %), 86 MB/s, 7 s left}.
   *
   * @param total bytes, as measured before; 0 where nobody knows
   */
  public String words(String what, long total) {
    long rate = bytes / Math.max(1, seconds);
    if (total <= bytes) {
      return "%s: %d MB, %d MB/s".formatted(what, bytes >> 20, rate >> 20);
    }
    String left = rate > 0 ? ", %d s left".formatted((total - bytes) / rate) : "";
    return "%s: %d of %d MB (%d %%), %d MB/s%s"
        .formatted(what, bytes >> 20, total >> 20, bytes * 100 / total, rate >> 20, left);
  }
}
