package io.migrationmonkey.lab.faults;

import io.migrationmonkey.lab.stack.Command;
import io.migrationmonkey.lab.stack.CommandFailure;

/** Which version is under test. */
final class Version {

  private Version() {}

  /** The commit, and whether the tree differs from it; unknown outside a checkout. */
  static String now() {
    try {
      return Command.of("git", "describe", "--always", "--dirty", "--exclude=*").run().strip();
    } catch (CommandFailure none) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
