package io.migrationmonkey.migrator.plan;

/** What became of a {@link Move}. */
public sealed interface Outcome {

  record Done(Step step) implements Outcome {}

  record Failed(Step step, String why) implements Outcome {}

  /** The migrator stopped while this step was under way; what the step did is not known. */
  record Interrupted(Step step) implements Outcome {}

  /** The source serves again. */
  record RolledBack(String why) implements Outcome {}

  /** Rolling back found that the flip had landed after all: the standby has the traffic. */
  record FlipHadLanded(String why) implements Outcome {}

  record RollBackFailed(String why) implements Outcome {}
}
