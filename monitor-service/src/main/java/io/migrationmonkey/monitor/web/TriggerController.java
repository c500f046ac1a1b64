package io.migrationmonkey.monitor.web;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.orders.Doorbell;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Orders a migration off this server for somebody outside whose token is for that or for operating:
 * Alertmanager's webhook, and a plain order. The status says what the migrator said, and 5xx asks
 * to come again.
 */
@RestController
final class TriggerController {

  private static final int LONGEST_REASON = 400;

  private final ServerName server;
  private final Doorbell doorbell;
  private final Clock clock;

  TriggerController(ServerName server, Doorbell doorbell, Clock clock) {
    this.server = server;
    this.doorbell = doorbell;
    this.clock = clock;
  }

  /** An order, as a person or a script writes it. */
  record Order(@Nullable String reason) {}

  /** What Alertmanager sends, as far as it matters here. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Alerts(@Nullable List<Alert> alerts) {}

  /** One alert of it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Alert(
      @Nullable String status,
      @Nullable Map<String, String> labels,
      @Nullable Map<String, String> annotations,
      @Nullable String startsAt,
      @Nullable String fingerprint) {

    boolean fires() {
      return "firing".equals(status);
    }

    boolean concerns(ServerName server) {
      String meant = labels == null ? null : labels.get("server");
      return meant == null || meant.equals(server.toString());
    }

    String words() {
      String name = labels == null ? "an alert" : labels.getOrDefault("alertname", "an alert");
      String summary = annotations == null ? null : annotations.get("summary");
      return summary == null ? name : name + ": " + summary;
    }
  }

  /** What came of it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record View(String outcome, String text, @Nullable URI migration) {}

  @PostMapping("/api/orders")
  ResponseEntity<View> order(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody Order order) {
    if (key != null && !key.matches("[!-~]{1,150}")) {
      throw problem(
          HttpStatus.BAD_REQUEST, "Idempotency-Key must be 1 to 150 printable characters");
    }
    if (order.reason() == null || order.reason().isBlank()) {
      throw problem(HttpStatus.BAD_REQUEST, "'reason' is missing: say why the application moves");
    }
    Doorbell.Reply reply =
        doorbell.ring(
            shortened(order.reason()),
            "order-" + (key == null ? server + "-" + clock.instant() : key));
    return switch (reply.outcome()) {
      case ACCEPTED -> answer(HttpStatus.ACCEPTED, reply);
      case STANDBY, BUSY -> throw problem(HttpStatus.CONFLICT, reply.text());
      case REFUSED -> throw problem(HttpStatus.PRECONDITION_FAILED, reply.text());
      case FAILED -> throw problem(HttpStatus.SERVICE_UNAVAILABLE, reply.text());
    };
  }

  /**
   * One migration for as long as an alert fires, however often it is repeated and by however many
   * Alertmanagers.
   */
  @PostMapping("/api/alerts")
  ResponseEntity<View> alerts(@RequestBody Alerts alerts) {
    if (alerts.alerts() == null) {
      throw problem(
          HttpStatus.BAD_REQUEST, "'alerts' is missing: the body should be Alertmanager's webhook");
    }
    List<Alert> firing =
        alerts.alerts().stream()
            .filter(Alert::fires)
            .filter(alert -> alert.concerns(server))
            .toList();
    Optional<Alert> first = firing.stream().findFirst();
    if (first.isEmpty()) {
      return ResponseEntity.ok(new View("NOTHING", "no alert fires for " + server, null));
    }
    Doorbell.Reply reply =
        doorbell.ring(
            shortened(
                firing.stream().map(Alert::words).distinct().collect(Collectors.joining("; "))),
            key(first.get()));
    return switch (reply.outcome()) {
      // Alertmanager repeats an alert that fires on, and takes 4xx for its own mistake.
      case ACCEPTED, STANDBY, REFUSED -> answer(HttpStatus.OK, reply);
      case BUSY, FAILED -> throw problem(HttpStatus.SERVICE_UNAVAILABLE, reply.text());
    };
  }

  private String key(Alert alert) {
    String which =
        alert.fingerprint() == null ? String.valueOf(alert.labels()) : alert.fingerprint();
    return "alert-%s-%s".formatted(server, digest(which + " " + alert.startsAt()));
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ResponseEntity<View> answer(HttpStatus status, Doorbell.Reply reply) {
    return ResponseEntity.status(status)
        .body(new View(reply.outcome().name(), reply.text(), reply.location()));
  }

  private static String shortened(String reason) {
    String line = reason.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON);
  }

  private static ErrorResponseException problem(HttpStatus status, String detail) {
    return new ErrorResponseException(
        status, ProblemDetail.forStatusAndDetail(status, detail), null);
  }
}
