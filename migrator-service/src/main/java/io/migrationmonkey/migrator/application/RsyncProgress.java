package io.migrationmonkey.migrator.application;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of rsync's {@code --info=progress2}.
 *
 * @param bytes so far
 * @param percent of what rsync knows of by now
 * @param rate bytes a second
 * @param secondsLeft as rsync sees it
 */
public record RsyncProgress(long bytes, int percent, long rate, long secondsLeft) {

  private static final Pattern LINE =
      Pattern.compile(
          "\\s*([\\d,]+)\\s+(\\d+)%\\s+([\\d.]+)([kMG]?)B/s\\s+(\\d+):(\\d\\d):(\\d\\d).*");

  public static Optional<RsyncProgress> parse(String line) {
    Matcher m = LINE.matcher(line);
    if (!m.matches()) {
      return Optional.empty();
    }
    long unit =
        switch (m.group(4)) {
          case "k" -> 1L << 10;
          case "M" -> 1L << 20;
          case "G" -> 1L << 30;
          default -> 1;
        };
    return Optional.of(
        new RsyncProgress(
            Long.parseLong(m.group(1).replace(",", "")),
            Integer.parseInt(m.group(2)),
            Math.round(Double.parseDouble(m.group(3)) * unit),
            Long.parseLong(m.group(5)) * 3600
                + Long.parseLong(m.group(6)) * 60
                + Long.parseLong(m.group(7))));
  }

  /**
   * For people, for example {@code round 1: 412 of 1024 MB (40 %), 86 MB/s, 7 s left}.
   *
   * @param total bytes, as measured before; 0 where nobody knows
   */
  public String words(String what, long total) {
    long left = total > bytes && rate > 0 ? (total - bytes) / rate : secondsLeft;
    String amount =
        total > bytes
            ? "%d of %d MB (%d %%)".formatted(bytes >> 20, total >> 20, bytes * 100 / total)
            : "%d MB (%d %%)".formatted(bytes >> 20, percent);
    return "%s: %s, %d MB/s, %d s left".formatted(what, amount, rate >> 20, left);
  }
}
