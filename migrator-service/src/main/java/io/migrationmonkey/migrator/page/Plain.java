package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures, times and names as a person reads them. */
final class Plain {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM yyyy HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private Plain() {}

  static String bytes(long bytes) {
    long mega = bytes >> 20;
    if (mega >= 10_240) {
      return "%.1f GB".formatted(mega / 1024.0);
    }
    return mega >= 1 ? "%,d MB".formatted(mega) : "%,d kB".formatted(bytes >> 10);
  }

  static String millis(long millis) {
    if (millis < 1000) {
      return "%d ms".formatted(millis);
    }
    if (millis < 60_000) {
      return "%.1f s".formatted(millis / 1000.0);
    }
    return duration(Duration.ofMillis(millis));
  }

  /** To the second, and coarser the longer it is. */
  static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return "%d s".formatted(seconds);
    }
    if (seconds < 3600) {
      return "%d min %d s".formatted(seconds / 60, seconds % 60);
    }
    long hours = seconds / 3600;
    return hours < 48
        ? "%d h %d min".formatted(hours, seconds % 3600 / 60)
        : "%d days".formatted(hours / 24);
  }

  /** To the minute, so that it does not change all the time. */
  static String age(Duration age) {
    long minutes = Math.max(0, age.toMinutes());
    if (minutes < 1) {
      return "less than a minute";
    }
    if (minutes < 120) {
      return minutes == 1 ? "1 minute" : "%d minutes".formatted(minutes);
    }
    long hours = minutes / 60;
    return hours < 48 ? "%d hours".formatted(hours) : "%d days".formatted(hours / 24);
  }

  /** In UTC, with the day where it is not today's. */
  static String time(Instant at, Instant now) {
    boolean today =
        at.atZone(ZoneOffset.UTC).toLocalDate().equals(now.atZone(ZoneOffset.UTC).toLocalDate());
    return (today ? TIME : DAY).format(at) + " UTC";
  }

  static String clock(Instant at) {
    return TIME.format(at);
  }

  static String percent(double share) {
    return share > 0 && share < 0.1
        ? "%.1f %%".formatted(share * 100)
        : "%.0f %%".formatted(share * 100);
  }

  static String step(Step step) {
    return switch (step) {
      case CHECK_SERVERS -> "Check both servers";
      case EXCHANGE_KEYS -> "Exchange keys";
      case INSTALL_PACKAGES -> "Install packages";
      case COPY_DATA -> "Copy data";
      case HOLD_TRAFFIC -> "Hold the traffic";
      case STOP_APPLICATION -> "Stop the application";
      case COPY_LAST_CHANGES -> "Copy the last changes";
      case START_APPLICATION -> "Start the application";
      case PROVE_STANDBY -> "Prove that it answers";
      case SWITCH_TRAFFIC -> "Switch the traffic";
      case REBOOT_SOURCE -> "Reboot the old server";
      case READMIT_SOURCE -> "Take it back as standby";
    };
  }

  static String state(State state) {
    return switch (state) {
      case RUNNING -> "under way";
      case SUCCEEDED -> "succeeded";
      case SOURCE_MISSING -> "moved, but the old server is missing";
      case ROLLED_BACK -> "rolled back";
      case ABORTED -> "aborted";
      case REFUSED -> "refused";
      case NEEDS_HELP -> "needs help";
      case DRY_RUN_DONE -> "dry run done";
    };
  }

  static Tone tone(State state) {
    return switch (state) {
      case RUNNING -> Tone.BUSY;
      case SUCCEEDED, DRY_RUN_DONE -> Tone.GOOD;
      case ROLLED_BACK, ABORTED, REFUSED -> Tone.WARN;
      case SOURCE_MISSING, NEEDS_HELP -> Tone.BAD;
    };
  }

  static String orUnknown(@Nullable Object value) {
    return value == null ? "unknown" : value.toString();
  }
}
