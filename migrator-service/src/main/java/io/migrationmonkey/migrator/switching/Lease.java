package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.LeaseKey;

/**
 * The right to act on the servers and on the switch, for one migration.
 *
 * @param token grows with each lease; the flip is refused to all but the newest
 * @param migration whose lease it is
 */
public record Lease(long token, String migration) {

  /** A warm run's id begins with it. */
  public static final String WARM = LeaseKey.WARM;

  /** True when it is a warm run's, which gives way to a migration. */
  public boolean warm() {
    return migration.startsWith(WARM);
  }

  /** As it stands in Redis. */
  String value() {
    return token + " " + migration;
  }

  static Lease of(String value) {
    int space = value.indexOf(' ');
    return new Lease(Long.parseLong(value.substring(0, space)), value.substring(space + 1));
  }
}
