package io.migrationmonkey.migrator.steps;

/** A step could not do its work; the message says why and what to do, for the person at two. */
final class StepFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  StepFailed(String message) {
    super(message);
  }
}
