package io.migrationmonkey.lab.receipt;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What one migration cost, as it stands in the JSON.
 *
 * @param trigger {@code monitor} or {@code hand}
 * @param packagesInstalled more packages on the server that took over than before, by dpkg
 * @param bytesCopied as the migrator counted
 * @param bootIdBefore of the server that was left, read on that server
 * @param switchValue what {@code redis-cli get switch} says afterwards
 */
public record MigrationReceipt(
    String trigger,
    String from,
    String to,
    Requests requests,
    Writes writes,
    int packagesInstalled,
    long bytesCopied,
    List<Step> steps,
    String bootIdBefore,
    String bootIdAfter,
    @JsonProperty("switch") String switchValue,
    long epoch) {

  /**
   * Requests as the users saw them.
   *
   * @param held as the proxies counted
   * @param longestStallMs the longest time that any one request took
   */
  public record Requests(long total, long failed, long held, long longestStallMs) {}

  /** Writes as the ledger and the server that took over have them. */
  public record Writes(int acknowledged, int found, int duplicated) {}

  /** One of the twelve. */
  public record Step(String name, long ms) {}
}
