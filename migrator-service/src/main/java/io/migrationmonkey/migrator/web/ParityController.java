package io.migrationmonkey.migrator.web;

import io.migrationmonkey.migrator.parity.ParityDesk;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.steps.WarmStandby;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** How well the standby could take over, and bringing it up to date now. */
@RestController
@RequestMapping("/api/parity")
class ParityController {

  private final ParityDesk desk;
  private final WarmStandby warmStandby;

  ParityController(ParityDesk desk, WarmStandby warmStandby) {
    this.desk = desk;
    this.warmStandby = warmStandby;
  }

  @GetMapping
  ParityReport show(@RequestParam(defaultValue = "false") boolean refresh) {
    try {
      return refresh ? desk.refreshed() : desk.report();
    } catch (ParityDesk.LookFailed e) {
      throw MigrationController.problem(HttpStatus.GATEWAY_TIMEOUT, String.valueOf(e.getMessage()));
    }
  }

  @PostMapping("/warm")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Map<String, String> warm() {
    return Map.of("id", warmStandby.order());
  }
}
