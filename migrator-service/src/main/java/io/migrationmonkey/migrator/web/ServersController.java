package io.migrationmonkey.migrator.web;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.plan.State;
import io.migrationmonkey.migrator.restarts.Reboot;
import io.migrationmonkey.migrator.steps.Conductor;
import io.migrationmonkey.migrator.steps.InspectServers;
import io.migrationmonkey.migrator.steps.Reboots;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Both servers, as they are now; and reboots. */
@RestController
class ServersController {

  /** Long enough for the checks of a move, so that most refusals reach the caller as one. */
  private static final Duration CHECKS = Duration.ofSeconds(15);

  private final InspectServers servers;
  private final Reboots reboots;
  private final Conductor conductor;

  ServersController(InspectServers servers, Reboots reboots, Conductor conductor) {
    this.servers = servers;
    this.reboots = reboots;
    this.conductor = conductor;
  }

  /** Why, and who says so. */
  record RestartOrder(@Nullable String reason, @Nullable String by) {}

  @GetMapping("/api/servers")
  List<ServerReport> show() {
    return servers.inspect().stream()
        .map(report -> report.withReboot(reboots.latest(report.name()).orElse(null)))
        .toList();
  }

  /** Reboots a standby at once, and an active server after a move off it. */
  @PostMapping("/api/servers/{name}/restarts")
  ResponseEntity<Reboot> restart(
      @PathVariable String name, @RequestBody RestartOrder order, Caller caller) {
    Reboot reboot = reboots.order(server(name), order.reason(), caller.by(order.by()));
    if (!reboot.id().startsWith("m")) {
      return ResponseEntity.accepted().location(URI.create("/api/servers")).body(reboot);
    }
    var migration = conductor.awaitChecked(reboot.id(), CHECKS);
    if (migration.state() == State.REFUSED) {
      throw MigrationController.problem(
          HttpStatus.PRECONDITION_FAILED,
          "%s can't be left: %s (migration %s; nothing was changed)"
              .formatted(name, migration.problem(), migration.id()));
    }
    return ResponseEntity.accepted()
        .location(URI.create("/api/migrations/" + reboot.id()))
        .body(reboot);
  }

  private static ServerName server(String name) {
    try {
      return ServerName.of(name);
    } catch (IllegalArgumentException unknown) {
      throw MigrationController.problem(
          HttpStatus.NOT_FOUND, "no such server: %s".formatted(unknown.getMessage()));
    }
  }
}
