package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.page.Regions.Region;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What is there to see. */
@Hidden
@Controller
class LookController {

  private final Watch watch;
  private final Regions regions;
  private final Changes changes;
  private final Templates templates;
  private final Assets assets;

  LookController(
      Watch watch, Regions regions, Changes changes, Templates templates, Assets assets) {
    this.watch = watch;
    this.regions = regions;
    this.changes = changes;
    this.templates = templates;
    this.assets = assets;
  }

  /** A page of regions. */
  record Page(Frame frame, List<Region> regions) {}

  @GetMapping("/")
  ResponseEntity<String> overview(@RequestAttribute(PageFilter.SESSION) Session session) {
    Snapshot seen = watch.now();
    Page page =
        new Page(
            Frame.of(StatusView.of(seen).live(), "/page/changes", session),
            regions.overview(seen, session));
    return Html.of(200, templates.render("overview", page));
  }

  @GetMapping("/page/migrations/{id}")
  ResponseEntity<String> migration(
      @PathVariable String id, @RequestAttribute(PageFilter.SESSION) Session session) {
    Page page =
        new Page(
            Frame.of("Migration " + id, "/page/changes?migration=" + id, session),
            regions(id).apply(session));
    return Html.of(200, templates.render("migration", page));
  }

  @GetMapping("/page/regions/{name}")
  ResponseEntity<String> region(
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String migration,
      @RequestAttribute(PageFilter.SESSION) Session session) {
    Region region =
        Regions.named(regions(migration).apply(session), name)
            .orElseThrow(() -> new NotThere("there is no region " + name));
    ResponseEntity<String> html = Html.of(200, region.html());
    return ResponseEntity.ok()
        .headers(html.getHeaders())
        .header("X-Version", region.version())
        .body(region.html());
  }

  @GetMapping(path = "/page/changes", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> changes(
      @RequestParam(required = false) @Nullable String migration,
      @RequestAttribute(PageFilter.SESSION) Session session) {
    // What is not there is said before the stream begins.
    var _ = regions(migration).apply(session);
    return changes
        .follow(session, regions(migration))
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.status(503).build());
  }

  private Function<Session, List<Region>> regions(@Nullable String migration) {
    return migration == null
        ? session -> regions.overview(watch.now(), session)
        : session ->
            regions.migration(
                watch
                    .follow(migration)
                    .orElseThrow(
                        () -> new NotThere("no migration %s is known".formatted(migration))),
                watch.now(),
                session);
  }

  @GetMapping("/page/page.css")
  ResponseEntity<byte[]> css() {
    return asset("text/css", assets.css());
  }

  @GetMapping("/page/page.js")
  ResponseEntity<byte[]> script() {
    return asset("text/javascript", assets.script());
  }

  @GetMapping("/page/icon.svg")
  ResponseEntity<byte[]> icon() {
    return asset("image/svg+xml", assets.icon());
  }

  private static ResponseEntity<byte[]> asset(String type, byte[] content) {
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType(type + ";charset=UTF-8"))
        .cacheControl(CacheControl.maxAge(java.time.Duration.ofDays(30)).cachePrivate())
        .body(content);
  }
}
