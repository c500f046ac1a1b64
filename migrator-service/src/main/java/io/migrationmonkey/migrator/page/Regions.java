package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.page.Snapshot.Followed;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The parts of the page that change by themselves, each by itself. */
@Component
class Regions {

  private final Templates templates;

  Regions(Templates templates) {
    this.templates = templates;
  }

  /**
   * A part.
   *
   * @param html that the templates made
   * @param version another one when anything in it is another
   */
  record Region(String name, String label, String html, String version) {}

  /** A migration, and whether it may be stopped from here. */
  record Shown(@Nullable MigrationPanel panel, @Nullable String abort, @Nullable String title) {}

  List<Region> overview(Snapshot seen, Session session) {
    return List.of(
        region("status", "At a glance", StatusView.of(seen)),
        region("traffic", "Where the traffic goes", TrafficView.of(seen)),
        region("actions", "What can be done", ActionsView.of(seen, session)),
        region("migration", "Migration", latest(seen)),
        region("servers", "Both servers", ServersView.of(seen)),
        region("standby", "Could the standby take over", StandbyView.of(seen)),
        region("history", "What happened", HistoryView.of(seen)));
  }

  List<Region> migration(Followed followed, Snapshot seen, Session session) {
    MigrationPanel panel = MigrationPanel.of(followed, seen.now());
    String abort =
        panel.runs() && session.operates()
            ? "/page/migrations/%s/abort".formatted(panel.id())
            : null;
    return List.of(region("migration", "Migration", new Shown(panel, abort, null)));
  }

  private static Shown latest(Snapshot seen) {
    Followed latest = seen.told() == null ? null : seen.told().latest();
    return latest == null
        ? new Shown(null, null, "No migration is remembered")
        : new Shown(
            MigrationPanel.of(latest, seen.now()),
            null,
            latest.view().ended() ? "The latest" : "Under way");
  }

  static Optional<Region> named(List<Region> regions, String name) {
    return regions.stream().filter(region -> region.name().equals(name)).findFirst();
  }

  private Region region(String name, String label, Object view) {
    String html = templates.render("regions/" + name, view);
    return new Region(name, label, html, Secret.digest(html).substring(0, 16));
  }
}
