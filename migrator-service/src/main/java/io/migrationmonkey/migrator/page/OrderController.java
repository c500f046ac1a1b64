package io.migrationmonkey.migrator.page;

import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.page.Refusal.Refused;
import io.migrationmonkey.migrator.page.Snapshot.Followed;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.restarts.Reboot;
import io.migrationmonkey.migrator.steps.Conductor;
import io.migrationmonkey.migrator.steps.Pausing;
import io.migrationmonkey.migrator.steps.Reboots;
import io.migrationmonkey.migrator.switching.Switchboard;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;

/**
 * What can be pressed. Each says by GET what it will do, and does it by POST, through the classes
 * that REST calls; what those refuse is shown in their words.
 */
@Hidden
@Controller
class OrderController {

  /** Long enough for the checks, so that most refusals are shown as one. */
  private static final Duration CHECKS = Duration.ofSeconds(15);

  private final Watch watch;
  private final Conductor conductor;
  private final Reboots reboots;
  private final Pausing pausing;
  private final Switchboard switchboard;
  private final Templates templates;

  OrderController(
      Watch watch,
      Conductor conductor,
      Reboots reboots,
      Pausing pausing,
      Switchboard switchboard,
      Templates templates) {
    this.watch = watch;
    this.conductor = conductor;
    this.reboots = reboots;
    this.pausing = pausing;
    this.switchboard = switchboard;
    this.templates = templates;
  }

  /**
   * A page that asks.
   *
   * @param key so that what is sent twice is done once
   * @param notAllowed why there is no button; null where there is one
   */
  record Asking(
      Frame frame,
      Confirm confirm,
      String key,
      String reason,
      @Nullable String refusal,
      @Nullable String notAllowed) {}

  /** What the form says. */
  record Form(
      @Nullable String reason,
      @Nullable String from,
      @Nullable String key,
      @Nullable String force) {}

  @GetMapping("/page/migrate")
  ResponseEntity<String> migrate(@RequestAttribute(PageFilter.SESSION) Session session) {
    return ask(Confirm.migrate(watch.now()), session);
  }

  @PostMapping("/page/migrate")
  ResponseEntity<String> migrate(Form form, @RequestAttribute(PageFilter.SESSION) Session session) {
    return order(form, false, Confirm.migrate(watch.now()), session);
  }

  @GetMapping("/page/dry-run")
  ResponseEntity<String> dryRun(@RequestAttribute(PageFilter.SESSION) Session session) {
    return ask(Confirm.dryRun(watch.now()), session);
  }

  @PostMapping("/page/dry-run")
  ResponseEntity<String> dryRun(Form form, @RequestAttribute(PageFilter.SESSION) Session session) {
    return order(form, true, Confirm.dryRun(watch.now()), session);
  }

  private ResponseEntity<String> order(
      Form form, boolean dryRun, Confirm confirm, Session session) {
    return attempt(
        confirm,
        form,
        session,
        () -> {
          MigrationOrder order =
              new MigrationOrder(
                  server(form.from),
                  form.reason,
                  null,
                  dryRun,
                  form.force != null,
                  session.caller().name());
          String key = form.key != null && form.key.matches("[A-Za-z0-9_-]{43}") ? form.key : null;
          return checked(conductor.order(order, key == null ? null : "page-" + key));
        });
  }

  private String checked(String id) {
    MigrationView view = conductor.awaitChecked(id, CHECKS);
    if (view.state() == State.REFUSED) {
      throw new Refused(
          412, "%s (migration %s; nothing was changed)".formatted(view.problem(), view.id()));
    }
    return "/page/migrations/" + id;
  }

  @GetMapping("/page/migrations/{id}/abort")
  ResponseEntity<String> abort(
      @PathVariable String id, @RequestAttribute(PageFilter.SESSION) Session session) {
    return ask(Confirm.abort(find(id)), session);
  }

  @PostMapping("/page/migrations/{id}/abort")
  ResponseEntity<String> abort(
      @PathVariable String id, Form form, @RequestAttribute(PageFilter.SESSION) Session session) {
    return attempt(
        Confirm.abort(find(id)),
        form,
        session,
        () -> {
          conductor.abort(id, session.caller().name(), needed(form.reason));
          return "/page/migrations/" + id;
        });
  }

  @GetMapping("/page/servers/{name}/reboot")
  ResponseEntity<String> reboot(
      @PathVariable String name, @RequestAttribute(PageFilter.SESSION) Session session) {
    return ask(Confirm.reboot(known(name), watch.now()), session);
  }

  @PostMapping("/page/servers/{name}/reboot")
  ResponseEntity<String> reboot(
      @PathVariable String name, Form form, @RequestAttribute(PageFilter.SESSION) Session session) {
    ServerName server = known(name);
    return attempt(
        Confirm.reboot(server, watch.now()),
        form,
        session,
        () -> {
          ServerName active = switchboard.read().active();
          if (form.from != null && server(form.from) != active) {
            throw new Refused(
                409,
                "Meanwhile %s has become the live server, so this would do something else: read again what will happen"
                    .formatted(active));
          }
          Reboot reboot = reboots.order(server, form.reason, session.caller().name());
          return reboot.id().startsWith("m") ? checked(reboot.id()) : "/";
        });
  }

  @GetMapping("/page/pause")
  ResponseEntity<String> pause(@RequestAttribute(PageFilter.SESSION) Session session) {
    return ask(Confirm.pause(), session);
  }

  @PostMapping("/page/pause")
  ResponseEntity<String> pause(Form form, @RequestAttribute(PageFilter.SESSION) Session session) {
    return attempt(
        Confirm.pause(),
        form,
        session,
        () -> {
          pausing.pause(session.caller().name(), form.reason);
          return "/";
        });
  }

  @GetMapping("/page/resume")
  ResponseEntity<String> resume(@RequestAttribute(PageFilter.SESSION) Session session) {
    return ask(Confirm.resume(watch.now()), session);
  }

  @PostMapping("/page/resume")
  ResponseEntity<String> resume(Form form, @RequestAttribute(PageFilter.SESSION) Session session) {
    return attempt(
        Confirm.resume(watch.now()),
        form,
        session,
        () -> {
          pausing.resume(session.caller().name());
          return "/";
        });
  }

  /** Does it, or says on the same page why not. */
  private ResponseEntity<String> attempt(
      Confirm confirm, Form form, Session session, Supplier<String> act) {
    try {
      String path = act.get();
      watch.refresh();
      return Html.see(path);
    } catch (RuntimeException thrown) {
      Refusal refusal = Refusal.of(thrown).orElseThrow(() -> thrown);
      return Html.of(refusal.status(), asking(confirm, session, form.reason, refusal.text()));
    }
  }

  private ResponseEntity<String> ask(Confirm confirm, Session session) {
    return Html.of(200, asking(confirm, session, null, null));
  }

  private String asking(
      Confirm confirm, Session session, @Nullable String reason, @Nullable String refusal) {
    return templates.render(
        "confirm",
        new Asking(
            Frame.of(confirm.title(), null, session),
            confirm,
            Secret.fresh().reveal(),
            reason == null ? "" : reason,
            refusal,
            session.operates()
                ? null
                : "\u201c%s\u201d is a token for viewing: this needs one for operating."
                    .formatted(session.caller().name())));
  }

  /** REST may stop without a word of why; whoever presses a button has a field for it. */
  private static String needed(@Nullable String reason) {
    if (reason == null || reason.isBlank()) {
      throw new Refused(400, "The reason is missing: say in a few words why it stops");
    }
    return reason;
  }

  private MigrationView find(String id) {
    return watch
        .follow(id)
        .map(Followed::view)
        .orElseThrow(() -> new NotThere("no migration %s is known".formatted(id)));
  }

  private static ServerName known(String name) {
    try {
      return ServerName.of(name);
    } catch (IllegalArgumentException unknown) {
      throw new NotThere(String.valueOf(unknown.getMessage()));
    }
  }

  private static @Nullable ServerName server(@Nullable String name) {
    return name == null || name.isEmpty() ? null : known(name);
  }
}
