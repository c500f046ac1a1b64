package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.JournalEntry;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.journal.JournalEntry.Kind;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.page.Snapshot.Followed;
import io.migrationmonkey.migrator.page.Snapshot.Inspected;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two servers, a proxy and what happened, as a test wants them: production serves, all is well. */
final class Scene {

  static final Instant NOW = Instant.parse("2026-01-01T02:00:00Z");

  SwitchState position = new SwitchState(ServerName.PRODUCTION, 3, "m1");
  String switchProblem;
  List<ProxyReport> proxies = List.of(proxy("p1", ServerName.PRODUCTION, null, 0));
  Verdict verdict = Verdict.CALM;
  String healthProblem;
  List<String> obstacles = List.of();
  Pause.Standing pause;
  Followed running;
  List<MigrationView> history = new ArrayList<>();
  List<Event> events = List.of();
  String redisProblem;
  boolean inspected = true;
  boolean told = true;

  static ProxyReport proxy(String name, ServerName active, String holding, long waiting) {
    return new ProxyReport(name, active, 3, holding, 7, waiting, 0, 0, NOW);
  }

  Snapshot snapshot() {
    Told said =
        new Told(
            NOW.minusSeconds(1),
            position,
            switchProblem,
            proxies,
            Map.of(
                ServerName.PRODUCTION,
                new MonitorReport(
                    ServerName.PRODUCTION,
                    "boot",
                    1000L << 20,
                    250L << 20,
                    verdict,
                    "as it should be",
                    NOW,
                    950L << 20,
                    0L)),
            position == null
                ? null
                : new ParityReport(
                    obstacles.isEmpty(),
                    obstacles,
                    position.active(),
                    position.active().other(),
                    new ParityReport.Data(NOW.minusSeconds(200), 200L),
                    null,
                    new ParityReport.Warm("5m", null, "in 3 minutes", null)),
            switchProblem,
            pause,
            running,
            running,
            history,
            events);
    Inspected servers =
        new Inspected(
            NOW.minusSeconds(1),
            List.of(
                server(ServerName.PRODUCTION, healthProblem), server(ServerName.BACKUP, "off")));
    return new Snapshot(
        NOW,
        told ? said : null,
        redisProblem,
        inspected ? servers : null,
        Map.of(),
        NOW.minusSeconds(600));
  }

  private ServerReport server(ServerName name, String problem) {
    return new ServerReport(
        name,
        name + ".example",
        null,
        true,
        null,
        "0123456789ab",
        3600L,
        Map.of("guestbook.service", "active enabled"),
        new ServerReport.Application(problem == null, problem),
        null,
        false,
        null);
  }

  /** A journal, from its order on. */
  static Followed journal(boolean dryRun, JournalEntry... entries) {
    List<JournalEntry> all = new ArrayList<>();
    all.add(
        new JournalEntry(
            NOW.minusSeconds(60),
            Kind.ORDERED,
            null,
            "memory",
            Map.of(
                Fact.TRIGGER, "HAND",
                Fact.FROM, "production",
                Fact.TO, "backup",
                Fact.REASON, "memory",
                Fact.BY, "ann",
                Fact.COURSE, "WITH_DATA",
                Fact.DRY_RUN, Boolean.toString(dryRun))));
    all.addAll(List.of(entries));
    return new Followed(MigrationView.of("m20260101-015900-ab12", all), all);
  }

  static JournalEntry entry(int ago, Kind kind, Step step, String text, Map<Fact, String> facts) {
    return new JournalEntry(NOW.minusSeconds(ago), kind, step, text, facts);
  }

  static Followed succeeded() {
    return journal(
        false,
        entry(59, Kind.STARTED, Step.CHECK_SERVERS, "", Map.of()),
        entry(58, Kind.DONE, Step.CHECK_SERVERS, "fine", Map.of()),
        entry(58, Kind.STARTED, Step.COPY_DATA, "", Map.of()),
        entry(28, Kind.DONE, Step.COPY_DATA, "200 MB sent", Map.of(Fact.BYTES_COPIED, "209715200")),
        entry(
            20,
            Kind.ENDED,
            null,
            "",
            Map.of(
                Fact.STATE,
                "SUCCEEDED",
                Fact.REQUESTS_HELD,
                "113",
                Fact.LONGEST_STALL_MS,
                "1234")));
  }
}
