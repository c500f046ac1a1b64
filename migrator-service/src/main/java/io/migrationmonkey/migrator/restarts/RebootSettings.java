package io.migrationmonkey.migrator.restarts;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Reboots by themselves, where a server asks for one ({@code /run/reboot-required}).
 *
 * @param whenRequired false: never by itself
 * @param days on which the window begins, such as {@code [sat, sun]}; none for every day
 * @param from when the window begins, such as {@code 02:00}
 * @param to when it ends; earlier than {@code from} means on the next day, the same means a whole
 *     day
 * @param zone of these times, such as {@code Europe/Berlin}
 */
@ConfigurationProperties("monkey.reboots")
public record RebootSettings(
    @DefaultValue("false") boolean whenRequired,
    @Nullable List<String> days,
    @DefaultValue("02:00") String from,
    @DefaultValue("04:00") String to,
    @DefaultValue("UTC") String zone) {

  private static final List<String> DAYS =
      Arrays.stream(DayOfWeek.values())
          .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
          .toList();

  public RebootSettings {
    days = days == null ? List.of() : List.copyOf(days);
    days.forEach(RebootSettings::day);
    time("from", from);
    time("to", to);
    zone(zone);
  }

  /** Whether a reboot may begin now. */
  public boolean isOpen(Instant now) {
    ZonedDateTime there = now.atZone(zone(zone));
    LocalTime begins = time("from", from);
    LocalTime ends = time("to", to);
    LocalTime time = there.toLocalTime();
    DayOfWeek today = there.getDayOfWeek();
    if (begins.isBefore(ends)) {
      return isOn(today) && !time.isBefore(begins) && time.isBefore(ends);
    }
    return !time.isBefore(begins) ? isOn(today) : time.isBefore(ends) && isOn(today.minus(1));
  }

  /** In words. */
  public String window() {
    boolean everyDay = days == null || days.isEmpty();
    return "%s to %s %s%s".formatted(from, to, zone, everyDay ? "" : " on " + days);
  }

  private boolean isOn(DayOfWeek day) {
    Set<DayOfWeek> on = EnumSet.noneOf(DayOfWeek.class);
    for (String name : days == null ? List.<String>of() : days) {
      on.add(day(name));
    }
    return on.isEmpty() || on.contains(day);
  }

  private static DayOfWeek day(String name) {
    int index = DAYS.indexOf(name.toLowerCase(Locale.ROOT));
    if (index < 0) {
      throw new IllegalArgumentException(
          "monkey.reboots.days holds '%s': it must be %s".formatted(name, String.join(", ", DAYS)));
    }
    return DayOfWeek.of(index + 1);
  }

  private static LocalTime time(String name, String text) {
    return parsed(name, text, "a time of day like 02:00", LocalTime::parse);
  }

  private static ZoneId zone(String text) {
    return parsed("zone", text, "a time zone like UTC or Europe/Berlin", ZoneId::of);
  }

  private static <T> T parsed(
      String name, String text, String allowed, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "monkey.reboots.%s is '%s': it must be %s".formatted(name, text, allowed), e);
    }
  }
}
