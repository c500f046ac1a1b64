package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.plan.Course;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that the page is made of, as it was known at one moment.
 *
 * @param told what Redis says; null until it has answered once
 * @param redisProblem why it does not answer now; then {@code told} is what it said last
 * @param inspected what the servers say; null until they were asked
 * @param memorySince since when memory has been watched
 */
record Snapshot(
    Instant now,
    @Nullable Told told,
    @Nullable String redisProblem,
    @Nullable Inspected inspected,
    Map<ServerName, List<MemorySample>> memory,
    Instant memorySince) {

  /**
   * What Redis says.
   *
   * @param position of the switch; null where it says nothing, and {@code switchProblem} why
   * @param parity null where it cannot be told, and {@code parityProblem} why
   * @param running the migration under way
   * @param latest the one under way, or else the latest that has ended
   * @param history the latest migrations, newest first, the one under way among them
   */
  record Told(
      Instant at,
      @Nullable SwitchState position,
      @Nullable String switchProblem,
      List<ProxyReport> proxies,
      Map<ServerName, MonitorReport> monitors,
      @Nullable ParityReport parity,
      @Nullable String parityProblem,
      Pause.@Nullable Standing pause,
      @Nullable Followed running,
      @Nullable Followed latest,
      List<MigrationView> history,
      List<Event> events) {

    @Nullable ServerName active() {
      return position == null ? null : position.active();
    }
  }

  /** What the servers say. */
  record Inspected(Instant at, List<ServerReport> servers) {

    Optional<ServerReport> of(ServerName name) {
      return servers.stream().filter(server -> server.name() == name).findFirst();
    }
  }

  /** A migration with each line of its journal. */
  record Followed(MigrationView view, List<JournalEntry> entries) {

    boolean dryRun() {
      return "true".equals(ordered(Fact.DRY_RUN));
    }

    Course course() {
      String course = ordered(Fact.COURSE);
      return course == null ? Course.WITH_DATA : Course.valueOf(course);
    }

    private @Nullable String ordered(Fact fact) {
      return entries.isEmpty() ? null : entries.getFirst().facts().get(fact);
    }
  }
}
