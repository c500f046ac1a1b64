package io.migrationmonkey.migrator.packages;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns what apt-get says into lines for a person, such as {@code unpacking nginx (12/88)}: about
 * one a second, and the first and the last of each kind.
 */
final class AptProgress implements Consumer<String> {

  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final Pattern COUNT =
      Pattern.compile("(\\d+) upgraded, (\\d+) newly installed, .*");
  private static final Pattern SIZE =
      Pattern.compile("Need to get (\\S+ \\S?B)(?:/\\S+ \\S?B)? of archives\\.");
  private static final Pattern GET =
      Pattern.compile("Get:\\d+ \\S+ \\S+ (?:\\S+ (?=\\S+ \\S+ \\S+ \\[))?(\\S+) .*");
  private static final Pattern UNPACKING = Pattern.compile("Unpacking ([^ :]+)\\S* .*");
  private static final Pattern SETTING_UP = Pattern.compile("Setting up ([^ :]+)\\S* .*");

  private final Clock clock;
  private final Consumer<String> listener;
  private Instant last = Instant.MIN;
  private int total;
  private int downloaded;
  private int unpacked;
  private int configured;

  AptProgress(Clock clock, Consumer<String> listener) {
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public void accept(String line) {
    Matcher count = COUNT.matcher(line);
    Matcher size = SIZE.matcher(line);
    Matcher get = GET.matcher(line);
    Matcher unpacking = UNPACKING.matcher(line);
    Matcher settingUp = SETTING_UP.matcher(line);
    if (count.matches()) {
      total = Integer.parseInt(count.group(1)) + Integer.parseInt(count.group(2));
      downloaded = 0;
    } else if (size.matches() && !size.group(1).equals("0 B")) {
      tell("downloading %d packages, %s".formatted(total, size.group(1)));
    } else if (get.matches()) {
      tell("downloading", get.group(1), ++downloaded);
    } else if (unpacking.matches()) {
      tell("unpacking", unpacking.group(1), ++unpacked);
    } else if (settingUp.matches()) {
      tell("setting up", settingUp.group(1), ++configured);
    }
  }

  private void tell(String what, String name, int number) {
    if (number == 1
        || number == total
        || Duration.between(last, clock.instant()).compareTo(BETWEEN) >= 0) {
      tell("%s %s (%d/%d)".formatted(what, name, number, total));
    }
  }

  private void tell(String text) {
    last = clock.instant();
    listener.accept(text);
  }
}
