package io.migrationmonkey.lab.faults;

import java.util.List;

/**
 * What became of one case.
 *
 * @param version the commit that ran
 * @param ended the state in which the migration ended
 * @param problem what the migrator says about it
 * @param requests all that users made from the order until its end
 * @param recoveredMs from the fault to the migration's end
 * @param rounds how often both servers were asked at once
 * @param bothServed how often both answered
 * @param serves the server that served at the end
 * @param next the state in which the next migration ended
 * @param broken promises that were not kept, in words
 */
record CaseResult(
    String version,
    String name,
    String fault,
    String when,
    String ended,
    String problem,
    long requests,
    long failedReads,
    long failedWrites,
    long longestStallMs,
    long recoveredMs,
    int acknowledged,
    int lost,
    int doubled,
    int rounds,
    int bothServed,
    String serves,
    String next,
    List<String> broken) {

  boolean holds() {
    return broken.isEmpty();
  }
}
