package io.migrationmonkey.settings;

import java.util.Collection;

/** A setting that cannot be used. The message is for the person who wrote it. */
public final class RefusedSetting extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param allowed what would be good
   * @param why it is not
   */
  public RefusedSetting(String property, Object value, String allowed, String why) {
    this("%s is '%s': %s. Allowed: %s".formatted(property, value, why, allowed));
  }

  private RefusedSetting(String message) {
    super(message);
  }

  /** Settings that nobody reads; their values are not shown, for they may be secrets. */
  static RefusedSetting unknown(Collection<String> names) {
    return new RefusedSetting(
        "no setting of this service is called %s. Those that there are: docs/settings.md"
            .formatted(String.join(", nor ", names)));
  }
}
