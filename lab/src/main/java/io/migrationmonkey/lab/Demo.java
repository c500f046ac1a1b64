package io.migrationmonkey.lab;

import io.migrationmonkey.lab.stack.Addresses;
import java.io.Console;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;

/**
 * The demonstration: two migrations under load, and the receipt.
 *
 * <p>Run by {@code ./demo} when the stack is up. Exit code 0 when every promise was kept, else 1.
 */
public final class Demo {

  private Demo() {}

  public static void main(String[] args) throws InterruptedException {
    Locale.setDefault(Locale.ROOT);
    Map<String, String> environment = System.getenv();
    DemoSettings settings;
    try {
      settings =
          new DemoSettings(
              Addresses.of(environment),
              Path.of(environment.getOrDefault("MONKEY_RECEIPT", "target/demo/receipt.json")),
              DemoSettings.ratio(environment.getOrDefault("MONKEY_USED_RATIO", "0.75")),
              colours(environment));
    } catch (IllegalArgumentException e) {
      System.err.println("The demonstration can't start: " + e.getMessage());
      System.exit(1);
      return;
    }
    boolean ok = new Demonstration(settings, System.out, Clock.systemUTC()).run();
    System.exit(ok ? 0 : 1);
  }

  private static boolean colours(Map<String, String> environment) {
    Console console = System.console();
    return console != null
        && console.isTerminal()
        && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }
}
