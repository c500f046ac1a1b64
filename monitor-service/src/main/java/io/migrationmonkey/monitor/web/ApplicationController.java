package io.migrationmonkey.monitor.web;

import io.migrationmonkey.contract.ApplicationReport.State;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.monitor.orders.Errand;
import io.migrationmonkey.monitor.restart.RestartMonkey;
import java.time.Instant;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what Restart Monkey sees of the application, and makes of it. */
@RestController
final class ApplicationController {

  private final ServerName server;
  private final RestartMonkey monkey;

  ApplicationController(ServerName server, RestartMonkey monkey) {
    this.server = server;
    this.monkey = monkey;
  }

  /**
   * The answer.
   *
   * @param text what systemd says
   * @param why what Restart Monkey does about it, or does not
   * @param restarts within the window, by Restart Monkey or by systemd
   * @param order where it stands with its order for a migration
   */
  record View(
      ServerName server,
      Instant at,
      State application,
      String text,
      String why,
      List<Instant> restarts,
      Errand.Word order) {}

  @GetMapping("/api/application")
  View application() {
    if (!monkey.enabled()) {
      throw new ErrorResponseException(
          HttpStatus.NOT_FOUND,
          ProblemDetail.forStatusAndDetail(
              HttpStatus.NOT_FOUND,
              "Restart Monkey is off: monkey.application is not declared, or monkey.restart.enabled is false"),
          null);
    }
    RestartMonkey.Seen seen = monkey.seen();
    return new View(
        server,
        seen.at(),
        seen.application(),
        seen.text(),
        seen.why(),
        seen.restarts(),
        monkey.order());
  }
}
