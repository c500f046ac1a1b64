package io.migrationmonkey.migrator.application;

import java.util.List;

/** How much of a server copying and reading may take. */
public enum Priority {

  /** For a migration: a little behind the application, which still serves. */
  NORMAL,

  /** For the warm standby: only what nobody else wants. */
  IDLE;

  /** As properties of a systemd unit. The OOM killer passes a migration's copying over. */
  List<String> properties() {
    return switch (this) {
      case NORMAL ->
          List.of(
              "--property=OOMScoreAdjust=-900",
              "--property=Nice=5",
              "--property=IOSchedulingClass=best-effort",
              "--property=IOSchedulingPriority=6");
      case IDLE ->
          List.of(
              // Memory runs out: the application must outlive it.
              "--property=OOMScoreAdjust=900",
              "--property=Nice=19",
              "--property=CPUSchedulingPolicy=idle",
              "--property=IOSchedulingClass=idle");
    };
  }
}
