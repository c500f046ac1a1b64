package io.migrationmonkey.monitor.web;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.orders.OrderDesk;
import io.migrationmonkey.monitor.orders.Preparation;
import io.migrationmonkey.monitor.watch.Trace;
import io.migrationmonkey.monitor.watch.Watch;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what this monitor sees, makes of it, and does about it. */
@RestController
final class MemoryController {

  private final ServerName server;
  private final Watch watch;
  private final OrderDesk desk;
  private final Preparation preparation;
  private final Trace trace;

  MemoryController(
      ServerName server, Watch watch, OrderDesk desk, Preparation preparation, Trace trace) {
    this.server = server;
    this.watch = watch;
    this.desk = desk;
    this.preparation = preparation;
    this.trace = trace;
  }

  @GetMapping("/api/memory")
  MemoryView memory() {
    return MemoryView.of(
        server, watch.latest(), desk.standing(), preparation.moveTook(), watch.history());
  }

  /** The readings of the last hour; bench/run pressure judges such a file again. */
  @GetMapping(path = "/api/memory/trace", produces = "text/csv")
  void trace(HttpServletResponse response) throws IOException {
    response.setContentType("text/csv;charset=UTF-8");
    trace.write(response.getWriter());
  }
}
