package io.migrationmonkey.migrator.plan;

/** What became of a {@link Move}. */
public sealed interface Outcome {

  record Done(Step step) implements Outcome {}

  record Failed(Step step, String why) implements Outcome {}

  /** Somebody ordered it to stop, and no flip of it can land any more. */
  record Aborted(Step step, String why) implements Outcome {}

  /** The migrator stopped while this step was under way; what the step did is not known. */
  record Interrupted(Step step) implements Outcome {}

  /** The migrator stopped while it rolled back. */
  record RollBackInterrupted(String why) implements Outcome {}

  /**
   * The source serves again.
   *
   * @param byOrder whether somebody had ordered it to stop
   */
  record RolledBack(String why, boolean byOrder) implements Outcome {}

  /**
   * Rolling back found that the flip had landed after all: the standby has the traffic.
   *
   * @param times so often by now
   */
  record FlipHadLanded(String why, int times) implements Outcome {}

  record RollBackFailed(String why) implements Outcome {}
}
