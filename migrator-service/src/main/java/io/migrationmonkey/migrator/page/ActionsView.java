package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.page.Snapshot.Told;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be pressed now, or why nothing can.
 *
 * @param notAllowed in words; null for who may
 */
record ActionsView(List<Button> buttons, @Nullable String notAllowed) {

  /** A link to the page that says what would happen. */
  record Button(String id, String href, String label, String hint, Tone tone) {}

  static ActionsView of(Snapshot seen, Session session) {
    if (!session.operates()) {
      return new ActionsView(
          List.of(),
          "You are here with \u201c%s\u201d, a token for viewing. To migrate, abort, reboot or pause, log in with one for operating."
              .formatted(session.caller().name()));
    }
    List<Button> buttons = new ArrayList<>();
    Told told = seen.told();
    ServerName active = told == null ? null : told.active();
    if (told != null && told.running() != null) {
      buttons.add(
          new Button(
              "abort",
              "/page/migrations/%s/abort".formatted(told.running().view().id()),
              "Abort",
              "stops what is under way, before the traffic has moved",
              Tone.BAD));
    } else if (active != null) {
      buttons.add(
          new Button(
              "migrate",
              "/page/migrate",
              "Migrate to " + active.other(),
              "moves the application, then reboots " + active,
              Tone.BUSY));
      buttons.add(
          new Button(
              "dry-run",
              "/page/dry-run",
              "Dry run",
              "says what a move would do, and changes nothing",
              Tone.PLAIN));
      for (ServerName server : ServerName.values()) {
        buttons.add(
            new Button(
                "reboot-" + server,
                "/page/servers/%s/reboot".formatted(server),
                "Reboot " + server,
                server == active ? "after a move off it" : "at once: it stands by",
                Tone.PLAIN));
      }
    }
    if (told != null) {
      buttons.add(
          told.pause() == null
              ? new Button("pause", "/page/pause", "Pause", "nothing moves by itself", Tone.PLAIN)
              : new Button("resume", "/page/resume", "Resume", "ends the pause", Tone.BUSY));
    }
    return new ActionsView(buttons, null);
  }
}
