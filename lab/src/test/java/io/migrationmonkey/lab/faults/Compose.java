package io.migrationmonkey.lab.faults;

import io.migrationmonkey.lab.stack.Command;
import io.migrationmonkey.lab.stack.CommandFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The stack's own docker-compose.yml, whichever Compose this machine has. */
final class Compose {

  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final String FILE = "../docker-compose.yml";

  private Compose() {}

  /** Starts a service that is left out otherwise. */
  static void up(String service) throws CommandFailure, InterruptedException {
    String project = System.getenv().getOrDefault("MONKEY_PROJECT", "migration-monkey");
    List<String> words = new ArrayList<>(command());
    words.addAll(
        List.of("-f", FILE, "-p", project, "up", "-d", "--no-deps", "--no-build", service));
    new Command(BOUND, words).run();
  }

  private static List<String> command() throws InterruptedException {
    try {
      Command.of("docker", "compose", "version").run();
      return List.of("docker", "compose");
    } catch (CommandFailure none) {
      return List.of("docker-compose");
    }
  }
}
