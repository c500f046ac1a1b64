package io.migrationmonkey.monitor;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Orders from outside.
 *
 * @param token the bearer token that they carry; without one none is taken
 */
@ConfigurationProperties("monkey.triggers")
record TriggerSettings(@DefaultValue("") String token) {

  TriggerSettings {
    // The value itself must not come into a log.
    Setting.TRIGGERS_TOKEN.check(token.isEmpty() || token.matches("[!-~]{16,200}"), "…");
  }

  @Override
  public String toString() {
    return "TriggerSettings[token=…]";
  }
}
