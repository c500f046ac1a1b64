package io.migrationmonkey.migrator.page;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How far a line of progress says that its step is. */
final class Advance {

  private static final Pattern PERCENT = Pattern.compile("\\((\\d{1,3}) %\\)");
  private static final Pattern COUNT = Pattern.compile("\\((\\d{1,6})/(\\d{1,6})\\)");

  private Advance() {}

  /** In percent; null where it does not say. */
  static @Nullable Integer of(String line) {
    Matcher percent = PERCENT.matcher(line);
    if (percent.find()) {
      return Math.min(100, Integer.parseInt(percent.group(1)));
    }
    Matcher count = COUNT.matcher(line);
    if (count.find() && Integer.parseInt(count.group(2)) > 0) {
      return Math.min(
          100, 100 * Integer.parseInt(count.group(1)) / Integer.parseInt(count.group(2)));
    }
    return null;
  }
}
