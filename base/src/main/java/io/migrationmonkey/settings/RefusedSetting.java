package io.migrationmonkey.settings;

/** A setting that cannot be used. The message is for the person who wrote it. */
public final class RefusedSetting extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param allowed what would be good
   * @param why it is not
   */
  public RefusedSetting(String property, Object value, String allowed, String why) {
    super("%s is '%s': %s. Allowed: %s".formatted(property, value, why, allowed));
  }
}
