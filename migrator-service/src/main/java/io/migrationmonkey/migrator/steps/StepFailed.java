package io.migrationmonkey.migrator.steps;

/** A step could not do its work; the message says why and what to do, for the person at two. */
class StepFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  StepFailed(String message) {
    super(message);
  }

  /** The standby can't take over now, but bringing it up to date would harm nothing. */
  static final class NotNow extends StepFailed {

    private static final long serialVersionUID = 1;

    NotNow(String message) {
      super(message);
    }
  }
}
