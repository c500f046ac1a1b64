package io.migrationmonkey.migrator.web;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.steps.Conductor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Migrations: order one, look at them, follow one, abort one. */
@RestController
@RequestMapping("/api/migrations")
class MigrationController {

  /** Long enough for the checks, so that most refusals reach the caller as one. */
  private static final Duration CHECKS = Duration.ofSeconds(15);

  private final Conductor conductor;
  private final Journal journal;
  private final Follower follower;

  MigrationController(Conductor conductor, Journal journal, Follower follower) {
    this.conductor = conductor;
    this.journal = journal;
    this.follower = follower;
  }

  @PostMapping
  ResponseEntity<MigrationView> order(
      @RequestBody MigrationOrder order,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    if (key != null && !key.matches("[!-~]{1,200}")) {
      throw problem(
          HttpStatus.BAD_REQUEST, "Idempotency-Key must be 1 to 200 printable characters");
    }
    MigrationView view =
        conductor.awaitChecked(conductor.order(CallersOrder.of(order, caller), key), CHECKS);
    if (view.state() == State.REFUSED) {
      throw problem(
          HttpStatus.PRECONDITION_FAILED,
          "%s (migration %s; nothing was changed)".formatted(view.problem(), view.id()));
    }
    return ResponseEntity.accepted()
        .location(URI.create("/api/migrations/" + view.id()))
        .body(view);
  }

  @GetMapping
  List<MigrationView> list(@RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > 200) {
      throw problem(HttpStatus.BAD_REQUEST, "limit is %d: it must be 1 to 200".formatted(limit));
    }
    return journal.latest(limit);
  }

  @GetMapping("/{id}")
  MigrationView show(@PathVariable String id) {
    return journal
        .find(id)
        .orElseThrow(() ->
            problem(
                HttpStatus.NOT_FOUND,
                "no migration %s is known: GET /api/migrations lists them".formatted(id)));
  }

  /** Has it stop, and roll back what it did. It may take a while: 202 says that it will. */
  @DeleteMapping("/{id}")
  ResponseEntity<MigrationView> abort(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String by,
      Caller caller) {
    return ResponseEntity.accepted().body(conductor.abort(id, caller.by(by), reason));
  }

  @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter follow(@PathVariable String id) {
    show(id);
    return follower.follow(id);
  }

  static ErrorResponseException problem(HttpStatus status, String detail) {
    return new ErrorResponseException(
        status, ProblemDetail.forStatusAndDetail(status, detail), null);
  }
}
