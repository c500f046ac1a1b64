package io.migrationmonkey.lab.stack;

import org.jspecify.annotations.Nullable;

/**
 * A line of a migration's journal.
 *
 * @param step null for what belongs to no step
 * @param kind {@code STARTED}, {@code PROGRESS}, {@code DONE}, {@code FAILED} and others
 */
public record JournalEvent(
    @Nullable String at, @Nullable String step, @Nullable String kind, @Nullable String text) {

  public boolean isProgress() {
    return "PROGRESS".equals(kind);
  }
}
