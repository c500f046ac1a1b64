package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.page.Snapshot.Inspected;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.restarts.Reboot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Both servers side by side. */
record ServersView(List<Card> cards) {

  /**
   * One server.
   *
   * @param verdict what its monitor makes of its memory, in words
   */
  record Card(
      String name,
      @Nullable String address,
      String role,
      Tone roleTone,
      Fact memory,
      Fact verdict,
      Fact application,
      List<Service> services,
      Fact boot,
      @Nullable Fact reboot,
      @Nullable String rebootRequired,
      MemoryChart chart) {}

  /** What is known of something, and how it looks. */
  record Fact(Tone tone, String word, String text) {}

  /** A unit and what systemd says of it. */
  record Service(String unit, String state) {}

  static ServersView of(Snapshot seen) {
    return new ServersView(
        Arrays.stream(ServerName.values()).map(name -> card(seen, name)).toList());
  }

  private static Card card(Snapshot seen, ServerName name) {
    Told told = seen.told();
    Inspected inspected = seen.inspected();
    ServerReport report = inspected == null ? null : inspected.of(name).orElse(null);
    MonitorReport monitor = told == null ? null : told.monitors().get(name);
    ServerName active = told == null ? null : told.active();
    List<MemorySample> hour = seen.memory().getOrDefault(name, List.of());
    return new Card(
        name.toString(),
        report == null ? null : report.address(),
        active == null ? "role unknown" : name == active ? "live" : "stands by",
        active == null ? Tone.BAD : name == active ? Tone.GOOD : Tone.PLAIN,
        memory(monitor),
        verdict(monitor, hour),
        application(report, active),
        services(report),
        boot(report, inspected, seen.now()),
        reboot(report, told, name, seen.now()),
        report != null && Boolean.TRUE.equals(report.rebootRequired())
            ? "It asks for a reboot (/run/reboot-required)."
            : null,
        MemoryChart.of(hour, seen.now(), seen.memorySince()));
  }

  private static Fact memory(@Nullable MonitorReport monitor) {
    if (monitor == null) {
      return new Fact(Tone.WARN, "unknown", "Its monitor does not report.");
    }
    Long end = monitor.exhaustedAtBytes();
    return new Fact(
        Tone.PLAIN,
        Plain.bytes(monitor.totalBytes() - monitor.usedBytes()) + " available",
        "%s of %s used (%s); %s."
            .formatted(
                Plain.bytes(monitor.usedBytes()),
                Plain.bytes(monitor.totalBytes()),
                Plain.percent(monitor.usedRatio()),
                end == null
                    ? "where it counts as exhausted is not known"
                    : "exhausted from %s on".formatted(Plain.bytes(end))));
  }

  private static Fact verdict(@Nullable MonitorReport monitor, List<MemorySample> hour) {
    if (monitor == null) {
      return new Fact(Tone.WARN, "unknown", "");
    }
    Tone tone =
        switch (monitor.verdict()) {
          case CALM -> Tone.GOOD;
          case STRAINED -> Tone.WARN;
          case EXHAUSTED -> Tone.BAD;
        };
    Double stalled = hour.isEmpty() ? null : hour.getLast().stalled();
    return new Fact(
        tone,
        monitor.verdict().name().toLowerCase(java.util.Locale.ROOT),
        "%s%s"
            .formatted(
                monitor.reason(),
                stalled == null
                    ? ""
                    : " \u2014 waiting for memory %s of the time"
                        .formatted(Plain.percent(stalled))));
  }

  private static Fact application(@Nullable ServerReport report, @Nullable ServerName active) {
    if (report == null) {
      return new Fact(Tone.PLAIN, "unknown", "The server is being asked.");
    }
    if (report.application().healthy()) {
      return new Fact(Tone.GOOD, "healthy", "It answers its health check.");
    }
    String problem = Plain.orUnknown(report.application().problem());
    return active != null && report.name() != active
        ? new Fact(Tone.PLAIN, "not serving", "It stands by: %s".formatted(problem))
        : new Fact(Tone.BAD, "not healthy", problem);
  }

  private static List<Service> services(@Nullable ServerReport report) {
    if (report == null || report.services() == null) {
      return List.of();
    }
    List<Service> services = new ArrayList<>();
    for (Map.Entry<String, String> unit : report.services().entrySet()) {
      services.add(new Service(unit.getKey(), unit.getValue()));
    }
    return services;
  }

  private static Fact boot(
      @Nullable ServerReport report, @Nullable Inspected inspected, Instant now) {
    if (report == null || inspected == null) {
      return new Fact(Tone.PLAIN, "unknown", "The server is being asked.");
    }
    if (!report.reachable() || report.upSeconds() == null) {
      return new Fact(
          Tone.BAD,
          "not reachable",
          "It does not answer over SSH: %s".formatted(Plain.orUnknown(report.problem())));
    }
    Instant boot = inspected.at().minusSeconds(report.upSeconds());
    return new Fact(
        Tone.PLAIN,
        Plain.time(boot.truncatedTo(java.time.temporal.ChronoUnit.MINUTES), now),
        "By its kernel's clock; boot %s".formatted(firstOf(report.bootId())));
  }

  static String firstOf(@Nullable String bootId) {
    return bootId == null ? "unknown" : bootId.substring(0, Math.min(8, bootId.length()));
  }

  /** The latest that Migration Monkey did: one that was ordered, or a migration's. */
  private static @Nullable Fact reboot(
      @Nullable ServerReport report, @Nullable Told told, ServerName name, Instant now) {
    Fact fact = null;
    Instant at = Instant.MIN;
    Reboot ordered = report == null ? null : report.reboot();
    if (ordered != null) {
      at = ordered.endedAt() == null ? ordered.orderedAt() : ordered.endedAt();
      fact =
          switch (ordered.state()) {
            case RUNNING ->
                new Fact(
                    Tone.BUSY,
                    "under way",
                    "Ordered by %s: %s".formatted(ordered.by(), ordered.reason()));
            case SUCCEEDED ->
                new Fact(
                    Tone.PLAIN,
                    Plain.time(at, now),
                    "Ordered by %s: %s".formatted(ordered.by(), ordered.reason()));
            case FAILED ->
                new Fact(
                    Tone.BAD,
                    "failed at " + Plain.time(at, now),
                    Plain.orUnknown(ordered.problem()));
          };
    }
    if (told == null) {
      return fact;
    }
    for (MigrationView view : told.history()) {
      for (MigrationView.StepView step : view.steps()) {
        if (view.from() == name
            && step.name() == Step.REBOOT_SOURCE
            && step.outcome() == MigrationView.StepOutcome.DONE
            && step.at().isAfter(at)) {
          at = step.at();
          fact =
              new Fact(
                  Tone.PLAIN,
                  Plain.time(at, now),
                  "By migration %s, which left it".formatted(view.id()));
        }
      }
    }
    return fact;
  }
}
