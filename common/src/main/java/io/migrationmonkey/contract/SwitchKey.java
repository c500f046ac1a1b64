package io.migrationmonkey.contract;

/**
 * The switch key: the Redis string that says which server is active.
 *
 * <p>{@code false} is production, {@code true} is backup. Anybody may set it by hand and the
 * proxies follow. A missing key is <em>not</em> {@code false}: it says nothing.
 */
public final class SwitchKey {

  /** The switch itself. */
  public static final String SWITCH = "switch";

  /** Hash with who flipped it last and why; its fields are those of {@link SwitchRecord}. */
  public static final String RECORD = "switch:record";

  /**
   * While it stands, proxies accept requests and keep them waiting. Its value is the id of the
   * migration that holds; it always has a time to live.
   */
  public static final String HOLD = "switch:hold";

  /** Every key above begins with it: one client-tracking prefix covers them all. */
  public static final String PREFIX = "switch";

  private SwitchKey() {}

  /**
   * The server that a value of the switch makes active.
   *
   * @throws IllegalArgumentException for anything but {@code true} and {@code false}
   */
  public static ServerName active(String value) {
    return switch (value) {
      case "false" -> ServerName.PRODUCTION;
      case "true" -> ServerName.BACKUP;
      default ->
          throw new IllegalArgumentException(
              "the switch is 'true' or 'false', not '%s'".formatted(value));
    };
  }

  /** The value that makes a server active. */
  public static String valueFor(ServerName active) {
    return active == ServerName.BACKUP ? "true" : "false";
  }
}
