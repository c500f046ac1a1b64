package io.migrationmonkey.migrator.page;

/** What somebody wants to see is not there. */
final class NotThere extends RuntimeException {

  private static final long serialVersionUID = 1;

  NotThere(String what) {
    super(what);
  }
}
