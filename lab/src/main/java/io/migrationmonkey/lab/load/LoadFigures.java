package io.migrationmonkey.lab.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the users have seen so far.
 *
 * @param total requests that ended, well or not
 * @param failed those that did not get the answer they should, in time
 * @param failedWrites those of them that wanted to write
 * @param waiting users who have waited for their answer longer than {@link Tally#PATIENT}
 * @param longestStall the longest time that any one request took
 * @param answeredBy requests by the server that says it answered
 * @param firstFailures the first few of the failed
 */
public record LoadFigures(
    long total,
    long failed,
    long failedWrites,
    int waiting,
    Duration longestStall,
    Map<String, Long> answeredBy,
    List<FailedRequest> firstFailures) {

  public static LoadFigures none() {
    return new LoadFigures(0, 0, 0, 0, Duration.ZERO, Map.of(), List.of());
  }
}
