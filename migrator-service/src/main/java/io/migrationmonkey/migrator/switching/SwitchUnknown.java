package io.migrationmonkey.migrator.switching;

/** Redis answers, but its switch says nothing that can be followed. */
public final class SwitchUnknown extends RuntimeException {

  private static final long serialVersionUID = 1;

  SwitchUnknown(String message) {
    super(message);
  }
}
