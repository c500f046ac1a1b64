package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.MonitorReport.Verdict;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.page.Snapshot.Followed;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.restarts.Reboot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The glance: who is live, who could take over, what happens, what happened, what to press.
 *
 * @param live the heading
 * @param warnings what must be known before all else
 */
record StatusView(
    String live,
    Tone tone,
    List<String> warnings,
    Line application,
    Line takeOver,
    List<String> obstacles,
    Line now,
    Line last,
    @Nullable String lastLink,
    Line press) {

  /** A sentence, and how it looks. */
  record Line(Tone tone, String text) {}

  static StatusView of(Snapshot seen) {
    Told told = seen.told();
    if (told == null) {
      Line unknown = new Line(Tone.PLAIN, "Not known yet.");
      return new StatusView(
          "Which server is live is not known yet",
          Tone.BAD,
          List.of(seen.redisProblem() == null ? "Redis is being asked." : redisAway(seen)),
          unknown,
          unknown,
          List.of(),
          unknown,
          unknown,
          null,
          new Line(Tone.PLAIN, "Wait a moment."));
    }
    ServerName active = told.active();
    Optional<MigrationView> last = lastMove(told);
    return new StatusView(
        active == null ? "Nobody knows which server is live" : active + " is live",
        active == null ? Tone.BAD : Tone.GOOD,
        warnings(seen, told),
        application(seen, active),
        takeOver(told),
        obstacles(told),
        happening(seen, told, active),
        last(last, seen.now()),
        last.map(view -> "/page/migrations/" + view.id()).orElse(null),
        press(seen, told, active, last));
  }

  private static List<String> warnings(Snapshot seen, Told told) {
    List<String> warnings = new ArrayList<>();
    if (seen.redisProblem() != null) {
      warnings.add(
          redisAway(seen)
              + " What stands below was so at %s.".formatted(Plain.time(told.at(), seen.now())));
    }
    if (told.switchProblem() != null) {
      warnings.add(told.switchProblem());
    }
    if (told.proxies().isEmpty()) {
      warnings.add("No proxy reports: where the traffic really goes is not known.");
    }
    told.proxies().stream()
        .filter(proxy -> told.active() != null && proxy.active() != told.active())
        .forEach(proxy ->
            warnings.add(
                "Proxy %s does not follow the switch: it sends its traffic to %s."
                    .formatted(proxy.proxy(), Plain.orUnknown(proxy.active()))));
    return warnings;
  }

  private static String redisAway(Snapshot seen) {
    return "%s. Traffic flows on as it did, but nothing can be moved."
        .formatted(Plain.orUnknown(seen.redisProblem()));
  }

  private static Line application(Snapshot seen, @Nullable ServerName active) {
    if (active == null || seen.inspected() == null) {
      return new Line(Tone.PLAIN, "How its application is, is not known yet.");
    }
    ServerReport.Application application =
        seen.inspected().of(active).map(ServerReport::application).orElse(null);
    if (application == null) {
      return new Line(Tone.PLAIN, "How its application is, is not known yet.");
    }
    return application.healthy()
        ? new Line(Tone.GOOD, "Its application answers.")
        : new Line(
            Tone.BAD,
            "Its application does not answer as it should: %s"
                .formatted(Plain.orUnknown(application.problem())));
  }

  private static Line takeOver(Told told) {
    ParityReport parity = told.parity();
    if (parity == null) {
      return new Line(Tone.WARN, "Whether the other one could take over is not known.");
    }
    Long age = parity.data().ageSeconds();
    return parity.ready()
        ? new Line(
            Tone.GOOD,
            "%s can take over at once. Its copy of the data is %s old."
                .formatted(
                    parity.standby(),
                    age == null ? "an unknown time" : Plain.age(Duration.ofSeconds(age))))
        : new Line(Tone.WARN, "%s could not take over at once:".formatted(parity.standby()));
  }

  private static List<String> obstacles(Told told) {
    return told.parity() == null ? List.of() : told.parity().reasons();
  }

  private static Line happening(Snapshot seen, Told told, @Nullable ServerName active) {
    Followed running = told.running();
    if (running != null) {
      MigrationView view = running.view();
      Step step = view.step();
      String where =
          step == null
              ? "between two steps"
              : "step %d of %d, %s"
                  .formatted(
                      running.course().steps().indexOf(step) + 1,
                      running.course().steps().size(),
                      Plain.step(step).toLowerCase(java.util.Locale.ROOT));
      return new Line(
          Tone.BUSY,
          "%s from %s to %s: %s."
              .formatted(
                  running.dryRun() ? "A dry run of a move" : "The application moves",
                  view.from(),
                  view.to(),
                  where));
    }
    Optional<ServerReport> rebooting = rebooting(seen);
    if (rebooting.isPresent()) {
      return new Line(Tone.BUSY, "%s is being rebooted.".formatted(rebooting.get().name()));
    }
    if (told.parity() != null && told.parity().warm().underWay() != null) {
      return new Line(
          Tone.BUSY, "%s is being brought up to date.".formatted(told.parity().standby()));
    }
    if (told.pause() != null) {
      return new Line(
          Tone.WARN,
          "Paused by %s since %s: \u201c%s\u201d. Nothing moves by itself."
              .formatted(
                  told.pause().by(),
                  Plain.time(told.pause().since(), seen.now()),
                  told.pause().reason()));
    }
    return new Line(
        Tone.PLAIN,
        active == null ? "Nothing moves." : "Nothing moves. %s serves.".formatted(active));
  }

  private static Optional<ServerReport> rebooting(Snapshot seen) {
    return seen.inspected() == null
        ? Optional.empty()
        : seen.inspected().servers().stream()
            .filter(server ->
                server.reboot() != null && server.reboot().state() == Reboot.State.RUNNING)
            .findFirst();
  }

  /** The latest that was to move something and has ended. */
  static Optional<MigrationView> lastMove(Told told) {
    return told.history().stream()
        .filter(view -> view.ended() && view.state() != State.DRY_RUN_DONE)
        .findFirst();
  }

  private static Line last(Optional<MigrationView> last, Instant now) {
    return last.map(view -> new Line(Plain.tone(view.state()), lastWords(view, now)))
        .orElse(new Line(Tone.PLAIN, "No move is remembered."));
  }

  private static String lastWords(MigrationView view, Instant now) {
    Instant ended = view.endedAt() == null ? view.startedAt() : view.endedAt();
    String why = "Why: \u201c%s\u201d (%s).".formatted(view.reason(), view.by());
    String when = Plain.time(ended, now);
    return switch (view.state()) {
      case SUCCEEDED, SOURCE_MISSING ->
          "Moved from %s to %s at %s, in %s. %s%s%s"
              .formatted(
                  view.from(),
                  view.to(),
                  when,
                  Plain.duration(Duration.between(view.startedAt(), ended)),
                  why,
                  stall(view),
                  view.state() == State.SUCCEEDED ? "" : " " + Plain.orUnknown(view.problem()));
      default ->
          "A move from %s to %s was %s at %s. %s %s"
              .formatted(
                  view.from(),
                  view.to(),
                  view.state() == State.NEEDS_HELP
                      ? "left for a person"
                      : Plain.state(view.state()),
                  when,
                  why,
                  firstLine(view.problem()));
    };
  }

  private static String stall(MigrationView view) {
    Long held = view.requestsHeld();
    if (held == null) {
      return "";
    }
    Long stall = view.longestStallMs();
    return held == 0
        ? " No request had to wait."
        : " %,d %s had to wait, the longest %s."
            .formatted(
                held,
                held == 1 ? "request" : "requests",
                stall == null ? "for an unknown time" : Plain.millis(stall));
  }

  static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }

  private static Line press(
      Snapshot seen, Told told, @Nullable ServerName active, Optional<MigrationView> last) {
    if (active == null) {
      return new Line(
          Tone.BAD, "Nothing here helps: find out which server serves, then PUT /api/switch.");
    }
    if (told.running() != null) {
      return new Line(Tone.PLAIN, "Nothing. If it must not go on: Abort.");
    }
    if (last.filter(StatusView::leftForAPerson).isPresent()) {
      return new Line(Tone.BAD, "First read what the last migration asks for.");
    }
    Verdict verdict =
        Optional.ofNullable(told.monitors().get(active)).map(MonitorReport::verdict).orElse(null);
    boolean sick =
        seen.inspected() != null
            && seen.inspected().of(active).filter(s -> !s.application().healthy()).isPresent();
    if (verdict == Verdict.EXHAUSTED || sick) {
      return new Line(
          Tone.BAD,
          "%s is in trouble. If nothing moves by itself within a minute: Migrate."
              .formatted(active));
    }
    if (told.pause() != null) {
      return new Line(Tone.WARN, "Resume, once the reason for the pause is gone.");
    }
    return new Line(Tone.GOOD, "Nothing needs to be pressed.");
  }

  private static boolean leftForAPerson(MigrationView view) {
    return view.state() == State.NEEDS_HELP
        || (view.state() == State.SOURCE_MISSING
            && view.events().stream()
                .noneMatch(
                    event -> event.what() == io.migrationmonkey.contract.Event.What.READMITTED));
  }
}
