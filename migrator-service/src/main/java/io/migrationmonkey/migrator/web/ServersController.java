package io.migrationmonkey.migrator.web;

import io.migrationmonkey.migrator.parity.ServerReport;
import io.migrationmonkey.migrator.steps.InspectServers;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Both servers, as they are now. */
@RestController
class ServersController {

  private final InspectServers servers;

  ServersController(InspectServers servers) {
    this.servers = servers;
  }

  @GetMapping("/api/servers")
  List<ServerReport> show() {
    return servers.inspect();
  }
}
