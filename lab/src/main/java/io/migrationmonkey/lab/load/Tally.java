package io.migrationmonkey.lab.load;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts requests while they start and end; each method may be called from any thread. */
final class Tally {

  /** Who waits longer than this is counted as waiting. */
  static final Duration PATIENT = Duration.ofMillis(250);

  private static final int FAILURES_KEPT = 20;

  private final Clock clock;
  private final Set<Started> open = new HashSet<>();
  private final Map<String, Long> answeredBy = new HashMap<>();
  private final List<FailedRequest> firstFailures = new ArrayList<>();
  private long total;
  private long failed;
  private long failedWrites;
  private Duration longest = Duration.ZERO;

  Tally(Clock clock) {
    this.clock = clock;
  }

  /** A request under way; compared by identity. */
  static final class Started {
    private final String request;
    private final Instant at;

    private Started(String request, Instant at) {
      this.request = request;
      this.at = at;
    }
  }

  synchronized Started start(String request) {
    Started started = new Started(request, clock.instant());
    open.add(started);
    return started;
  }

  synchronized void succeeded(Started started, String server) {
    end(started);
    answeredBy.merge(server, 1L, Long::sum);
  }

  synchronized void failed(Started started, String cause) {
    Duration took = end(started);
    failed++;
    if (started.request.startsWith("POST ")) {
      failedWrites++;
    }
    if (firstFailures.size() < FAILURES_KEPT) {
      firstFailures.add(new FailedRequest(started.at, started.request, took, cause));
    }
  }

  synchronized LoadFigures figures() {
    Instant patientUntil = clock.instant().minus(PATIENT);
    int waiting = (int) open.stream().filter(one -> one.at.isBefore(patientUntil)).count();
    return new LoadFigures(
        total,
        failed,
        failedWrites,
        waiting,
        longest,
        Map.copyOf(answeredBy),
        List.copyOf(firstFailures));
  }

  private Duration end(Started started) {
    open.remove(started);
    total++;
    Duration took = Duration.between(started.at, clock.instant());
    if (took.compareTo(longest) > 0) {
      longest = took;
    }
    return took;
  }
}
