package io.migrationmonkey.lab.stack;

import java.io.IOException;

/** A command that did not do its work: which, and what it said. */
public final class CommandFailure extends IOException {

  private static final long serialVersionUID = 1L;

  CommandFailure(Command command, String how) {
    super(command + " " + how);
  }
}
