package io.migrationmonkey.migrator.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.access.Caller;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.steps.Pausing;
import io.migrationmonkey.migrator.switching.Pause.Standing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The pause in which nothing moves by itself, and what happened beside the migrations. */
@RestController
class PauseController {

  private final Pausing pausing;
  private final Events events;

  PauseController(Pausing pausing, Events events) {
    this.pausing = pausing;
    this.events = events;
  }

  record PauseOrder(@Nullable String reason, @Nullable String by) {}

  /** Whether it is paused, and by whom. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PauseView(
      boolean paused, @Nullable String by, @Nullable String reason, @Nullable Instant since) {

    static PauseView of(@Nullable Standing standing) {
      return standing == null
          ? new PauseView(false, null, null, null)
          : new PauseView(true, standing.by(), standing.reason(), standing.since());
    }
  }

  @GetMapping("/api/pause")
  PauseView look() {
    return PauseView.of(pausing.standing().orElse(null));
  }

  @PutMapping("/api/pause")
  PauseView pause(@RequestBody PauseOrder order, Caller caller) {
    return PauseView.of(pausing.pause(caller.by(order.by()), order.reason()));
  }

  @DeleteMapping("/api/pause")
  PauseView resume(@RequestParam(required = false) @Nullable String by, Caller caller) {
    pausing.resume(caller.by(by));
    return look();
  }

  @GetMapping("/api/events")
  List<Event> events(@RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > 1000) {
      throw MigrationController.problem(
          HttpStatus.BAD_REQUEST, "limit is %d: it must be 1 to 1000".formatted(limit));
    }
    return events.latest(limit);
  }
}
