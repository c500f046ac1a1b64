package io.migrationmonkey.migrator.switching;

/** The flip did not happen: what it relied on was no longer so. Nothing was changed. */
public final class FlipRefused extends RuntimeException {

  private static final long serialVersionUID = 1;

  FlipRefused(String message) {
    super(message);
  }
}
