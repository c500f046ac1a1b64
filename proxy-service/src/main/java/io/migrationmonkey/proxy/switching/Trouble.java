package io.migrationmonkey.proxy.switching;

/**
 * Why a reading of the switch could not be followed, or not wholly.
 *
 * @param kind for the metric
 * @param text what is wrong, what the proxy does about it, and what to do
 */
record Trouble(Kind kind, String text) {

  enum Kind {
    SWITCH_MISSING,
    SWITCH_MALFORMED,
    RECORD_MALFORMED,
    RECORD_STALE,
    HOLD_WITHOUT_DEADLINE
  }
}
