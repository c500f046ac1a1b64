package io.migrationmonkey.contract;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who flipped the switch last, and why: the hash {@link SwitchKey#RECORD}, written together with
 * the switch in one script.
 *
 * @param active the server that this flip made active
 * @param epoch grows by one with each fenced flip; a proxy refuses to go back. The first is 1
 * @param by who flipped: a migration's id, or a person's word
 * @param reason in words
 * @param at when
 */
public record SwitchRecord(ServerName active, long epoch, String by, String reason, Instant at) {

  /**
   * Reads the fields of the hash.
   *
   * @throws IllegalArgumentException where a field is missing or is not what it should be
   */
  public static SwitchRecord of(Map<String, String> hash) {
    try {
      return new SwitchRecord(
          ServerName.of(field(hash, "active")),
          Long.parseLong(field(hash, "epoch")),
          field(hash, "by"),
          field(hash, "reason"),
          Instant.parse(field(hash, "at")));
    } catch (NumberFormatException | DateTimeException e) {
      throw new IllegalArgumentException(
          "%s holds a malformed field: %s".formatted(SwitchKey.RECORD, e.getMessage()), e);
    }
  }

  /** The fields of the hash. */
  public Map<String, String> toHash() {
    Map<String, String> hash = new LinkedHashMap<>();
    hash.put("active", active.toString());
    hash.put("epoch", Long.toString(epoch));
    hash.put("by", by);
    hash.put("reason", reason);
    hash.put("at", at.toString());
    return hash;
  }

  private static String field(Map<String, String> hash, String name) {
    String value = hash.get(name);
    if (value == null) {
      throw new IllegalArgumentException("%s lacks %s".formatted(SwitchKey.RECORD, name));
    }
    return value;
  }
}
