package io.migrationmonkey.monitor.web;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.orders.OrderDesk;
import io.migrationmonkey.monitor.watch.Watch;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what this monitor sees, makes of it, and does about it. */
@RestController
final class MemoryController {

  private final ServerName server;
  private final Watch watch;
  private final OrderDesk desk;

  MemoryController(ServerName server, Watch watch, OrderDesk desk) {
    this.server = server;
    this.watch = watch;
    this.desk = desk;
  }

  @GetMapping("/api/memory")
  MemoryView memory() {
    return MemoryView.of(server, watch.latest(), desk.standing(), watch.history());
  }
}
