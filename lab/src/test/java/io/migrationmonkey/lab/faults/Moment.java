package io.migrationmonkey.lab.faults;

import java.util.Locale;

/**
 * A moment of a migration, as its journal shows it.
 *
 * @param step one of the twelve
 */
record Moment(String step, When when) {

  /** Where in the step. */
  enum When {
    /** Its beginning was journalled just now. */
    BEFORE,
    /** A while after that, where the step is one that lasts; it is made to last. */
    DURING,
    /** Its success was journalled just now. */
    AFTER
  }

  /** The journal's entry that tells that it has come. */
  String kind() {
    return when == When.AFTER ? "DONE" : "STARTED";
  }

  @Override
  public String toString() {
    return step + "." + when.name().toLowerCase(Locale.ROOT);
  }
}
