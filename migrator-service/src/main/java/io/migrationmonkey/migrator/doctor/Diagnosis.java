package io.migrationmonkey.migrator.doctor;

import java.time.Instant;
import java.util.List;

/**
 * What the doctor found.
 *
 * @param healthy no finding is a problem
 * @param at when both servers had been looked at
 * @param findings in the order in which they were looked at; what is well is among them
 */
public record Diagnosis(boolean healthy, Instant at, List<Finding> findings) {

  static Diagnosis of(Instant at, List<Finding> findings) {
    return new Diagnosis(
        findings.stream().noneMatch(finding -> finding.level() == Finding.Level.PROBLEM),
        at,
        List.copyOf(findings));
  }
}
