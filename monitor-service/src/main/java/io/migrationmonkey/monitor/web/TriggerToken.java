package io.migrationmonkey.monitor.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The secret that lets somebody outside order a migration; without one nobody can. */
public final class TriggerToken {

  private final byte[] token;

  /**
   * @param token empty for none
   */
  public TriggerToken(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  boolean isSet() {
    return token.length > 0;
  }

  /** Takes the same time whatever is wrong with it. */
  boolean is(String offered) {
    return MessageDigest.isEqual(token, offered.getBytes(StandardCharsets.UTF_8));
  }
}
