package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.plan.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what a button will do, before it does it.
 *
 * @param action where the form goes
 * @param will what will happen, sentence by sentence
 * @param asksReason whether a reason is kept with it
 * @param offersForce whether the checks of room and cool-down may be overridden
 * @param from the server that the order is about, as the page showed it
 */
record Confirm(
    String title,
    String action,
    List<String> will,
    boolean asksReason,
    boolean offersForce,
    String button,
    Tone tone,
    @Nullable String from) {

  static Confirm migrate(Snapshot seen) {
    Told told = seen.told();
    ServerName active = told == null ? null : told.active();
    List<String> will = new ArrayList<>();
    if (told == null || active == null) {
      will.add("Which server is live is not known, so the order will be refused.");
    } else {
      will.add(
          "Packages, data and services go from %s to %s while %s still serves."
              .formatted(active, active.other(), active));
      will.add(
          "Then the proxies let requests wait while the last changes move; %s takes over, and proves itself, before they go on."
              .formatted(active.other()));
      will.add(
          "%s is rebooted and stands by. Until the traffic is switched everything can be taken back, by itself or by Abort."
              .formatted(active));
      will.add(expected(told));
      readiness(told.parity(), will);
      if (told.pause() != null) {
        will.add("The pause does not hinder it: an order by hand is taken.");
      }
    }
    return new Confirm(
        active == null ? "Migrate" : "Migrate to " + active.other(),
        "/page/migrate",
        will,
        true,
        true,
        active == null ? "Migrate" : "Migrate to " + active.other(),
        Tone.BUSY,
        active == null ? null : active.toString());
  }

  private static void readiness(@Nullable ParityReport parity, List<String> will) {
    if (parity != null && !parity.ready()) {
      will.add(
          "%s is not up to date (%s), so it takes longer, or is refused with the reason."
              .formatted(parity.standby(), String.join("; ", parity.reasons())));
    }
  }

  private static String expected(Told told) {
    Optional<MigrationView> last =
        told.history().stream()
            .filter(view -> view.state() == State.SUCCEEDED && view.endedAt() != null)
            .findFirst();
    if (last.isEmpty() || last.get().endedAt() == null) {
      return "How long it takes is not known: none has succeeded yet, as far as is remembered.";
    }
    MigrationView view = last.get();
    Long stall = view.longestStallMs();
    return "The last one took %s%s."
        .formatted(
            Plain.duration(
                Duration.between(
                    view.startedAt(),
                    Optional.ofNullable(view.endedAt()).orElse(view.startedAt()))),
            stall == null
                ? ""
                : ", and the request that waited longest waited " + Plain.millis(stall));
  }

  static Confirm dryRun(Snapshot seen) {
    ServerName active = seen.told() == null ? null : seen.told().active();
    return new Confirm(
        "Dry run",
        "/page/dry-run",
        List.of(
            "Both servers are checked as for a real move%s, and what would become of each package and file is listed."
                .formatted(
                    active == null ? "" : " from %s to %s".formatted(active, active.other())),
            "Nothing that serves is touched, no request waits, no server is rebooted."),
        true,
        false,
        "Start the dry run",
        Tone.BUSY,
        active == null ? null : active.toString());
  }

  static Confirm abort(MigrationView view) {
    return new Confirm(
        "Abort " + view.id(),
        "/page/migrations/%s/abort".formatted(view.id()),
        List.of(
            "The move from %s to %s stops, and what it has done is taken back: %s serves as before."
                .formatted(view.from(), view.to(), view.from()),
            "If the traffic has moved meanwhile, it is too late, and you are told so. Nothing is lost either way."),
        true,
        false,
        "Abort it",
        Tone.BAD,
        null);
  }

  static Confirm reboot(ServerName server, Snapshot seen) {
    ServerName active = seen.told() == null ? null : seen.told().active();
    List<String> will =
        active == null
            ? List.of("Which server is live is not known, so the order will be refused.")
            : server == active
                ? List.of(
                    "%s is live, so the application moves to %s first, as with Migrate; %s is rebooted then and stands by."
                        .formatted(server, server.other(), server))
                : List.of(
                    "%s stands by: it is rebooted at once, if %s is well. No request notices."
                        .formatted(server, active),
                    "Until it is back, %s cannot be left.".formatted(active));
    return new Confirm(
        "Reboot " + server,
        "/page/servers/%s/reboot".formatted(server),
        will,
        true,
        false,
        "Reboot " + server,
        Tone.BAD,
        active == null ? null : active.toString());
  }

  static Confirm pause() {
    return new Confirm(
        "Pause",
        "/page/pause",
        List.of(
            "From now on nothing moves by itself: orders of the monitors are refused, nothing is rebooted by schedule, and Restart Monkey keeps still.",
            "What is under way goes on, and what a person orders is done.",
            "It stands until somebody presses Resume."),
        true,
        false,
        "Pause",
        Tone.BUSY,
        null);
  }

  static Confirm resume(Snapshot seen) {
    Told told = seen.told();
    List<String> will = new ArrayList<>();
    will.add(
        told == null || told.pause() == null
            ? "No pause stands now."
            : "The pause of %s (\u201c%s\u201d) ends."
                .formatted(told.pause().by(), told.pause().reason()));
    will.add(
        "Monitors may order migrations again, and Restart Monkey looks after the application again: if something is wrong now, it acts within seconds.");
    return new Confirm("Resume", "/page/resume", will, false, false, "Resume", Tone.BUSY, null);
  }
}
