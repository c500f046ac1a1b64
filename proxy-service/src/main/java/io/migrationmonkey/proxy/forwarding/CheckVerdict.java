package io.migrationmonkey.proxy.forwarding;

import org.jspecify.annotations.Nullable;

/**
 * What the checks of one server come to: it takes several in a row to change their mind.
 *
 * @param healthy null until there was a first check
 * @param against checks in a row that said the contrary of {@code healthy}
 * @param problem what the latest check complained of, or null
 */
record CheckVerdict(@Nullable Boolean healthy, int against, @Nullable String problem) {

  static final CheckVerdict UNKNOWN = new CheckVerdict(null, 0, null);

  /**
   * The verdict after one more check.
   *
   * @param found what it complained of, or null
   * @param fall failures in a row that make a healthy server unhealthy
   * @param rise successes in a row that make an unhealthy one healthy
   */
  CheckVerdict after(@Nullable String found, int fall, int rise) {
    boolean well = found == null;
    if (healthy == null || healthy == well) {
      return new CheckVerdict(well, 0, found);
    }
    int contrary = against + 1;
    return contrary >= (well ? rise : fall)
        ? new CheckVerdict(well, 0, found)
        : new CheckVerdict(healthy, contrary, found);
  }

  double asNumber() {
    return healthy == null ? Double.NaN : healthy ? 1 : 0;
  }
}
