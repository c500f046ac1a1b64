package io.migrationmonkey.migrator.journal;

import java.util.List;

/** What a journal is written with. */
public interface Pen {

  /**
   * Writes an entry at the journal's end.
   *
   * @return how many entries the journal has now: fewer than were written when it was lost
   */
  long append(String id, JournalEntry entry);

  /** Writes a whole journal that was lost, as one that goes on. */
  void restore(String id, List<JournalEntry> entries);
}
