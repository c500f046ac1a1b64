package io.migrationmonkey.lab.timeline;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.load.LoadFigures;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a line of the timeline reads: figures in columns first, then what is going on. */
record LineFormat(boolean colours) {

  private static final double HIGH = 0.7;

  String header() {
    return paint(
        "1", "   time  production  backup  requests  failed  waiting  step                what");
  }

  /**
   * One line.
   *
   * @param memory used over total, of those servers that are reporting
   */
  String line(
      Duration elapsed,
      Map<ServerName, Double> memory,
      LoadFigures load,
      String step,
      String what) {
    return "%s  %s  %s  %8d  %s  %s  %s  %s"
        .formatted(
            "%4d:%02d".formatted(elapsed.toMinutes(), elapsed.toSecondsPart()),
            share(memory.get(ServerName.PRODUCTION), 10),
            share(memory.get(ServerName.BACKUP), 6),
            load.total(),
            count(load.failed(), 6, "1;31"),
            count(load.waiting(), 7, "33"),
            paint("1", "%-18s".formatted(step)),
            what.replaceAll("\\s+", " ").strip())
        .stripTrailing();
  }

  private String share(@Nullable Double ratio, int width) {
    if (ratio == null) {
      return " ".repeat(width - 1) + "-";
    }
    String text = ("%" + (width - 2) + "d %%").formatted(Math.round(ratio * 100));
    return ratio >= HIGH ? paint("33", text) : text;
  }

  private String count(long number, int width, String colour) {
    String text = ("%" + width + "d").formatted(number);
    return number > 0 ? paint(colour, text) : text;
  }

  private String paint(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
