package io.migrationmonkey.lab.receipt;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;

/**
 * What a migration should be and bring about.
 *
 * @param trigger who should have ordered it
 * @param from the server to be left, and rebooted
 * @param packages how many packages must be installed at the least
 * @param epoch that the switch should have afterwards
 */
public record Expectation(String trigger, ServerName from, int packages, long epoch) {

  String to() {
    return from.other().toString();
  }

  String switchValue() {
    return SwitchKey.valueFor(from.other());
  }
}
