package io.migrationmonkey.lab.load;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ledger compared with what a server really holds.
 *
 * @param acknowledged writes that were promised
 * @param missing texts that were promised and are not there, sorted
 * @param duplicated texts that are there more than once, sorted; also such as were never
 *     acknowledged: a write that failed may be there, but once
 */
public record Verification(int acknowledged, List<String> missing, List<String> duplicated) {

  static Verification of(String prefix, Set<String> acknowledged, Collection<String> held) {
    Map<String, Integer> times = new HashMap<>();
    for (String text : held) {
      if (text.startsWith(prefix)) {
        times.merge(text, 1, Integer::sum);
      }
    }
    return new Verification(
        acknowledged.size(),
        acknowledged.stream().filter(text -> !times.containsKey(text)).sorted().toList(),
        times.keySet().stream().filter(text -> times.getOrDefault(text, 0) > 1).sorted().toList());
  }

  /** How many of the acknowledged writes are there, once or more often. */
  public int found() {
    return acknowledged - missing.size();
  }

  /** True when each acknowledged write is there exactly once. */
  public boolean holds() {
    return missing.isEmpty() && duplicated.isEmpty();
  }
}
