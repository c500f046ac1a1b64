package io.migrationmonkey.lab.load;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the servers took writes one after the other. Two that accept writes at the same time show
 * as a turn to and fro: a write here before one there, and a write there before one here.
 */
public final class Turns {

  private Turns() {}

  /** The proof that writes went to and fro, in words; nothing when there was at most one change. */
  public static Optional<String> toAndFro(Collection<Acknowledged> writes) {
    Map<String, List<Acknowledged>> byServer = new HashMap<>();
    for (String server : writes.stream().map(Acknowledged::server).distinct().toList()) {
      byServer.put(server, writes.stream().filter(write -> write.server().equals(server)).toList());
    }
    for (String one : byServer.keySet()) {
      for (String other : byServer.keySet()) {
        if (one.compareTo(other) < 0) {
          List<Acknowledged> here = byServer.getOrDefault(one, List.of());
          List<Acknowledged> there = byServer.getOrDefault(other, List.of());
          if (earliest(here).before(latest(there)) && earliest(there).before(latest(here))) {
            return Optional.of(
                "%s took '%s' before %s took '%s', and %s took '%s' before %s took '%s'"
                    .formatted(
                        one,
                        earliest(here).text(),
                        other,
                        latest(there).text(),
                        other,
                        earliest(there).text(),
                        one,
                        latest(here).text()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Acknowledged earliest(List<Acknowledged> writes) {
    return writes.stream().min(Comparator.comparingLong(Acknowledged::answeredAt)).orElseThrow();
  }

  private static Acknowledged latest(List<Acknowledged> writes) {
    return writes.stream().max(Comparator.comparingLong(Acknowledged::sentAt)).orElseThrow();
  }
}
