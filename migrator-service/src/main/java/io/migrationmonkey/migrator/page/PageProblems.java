package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.page.PageFilter.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/** What goes wrong on the page is said on a page. */
@Order(Ordered.HIGHEST_PRECEDENCE)
@ControllerAdvice(
    assignableTypes = {LookController.class, OrderController.class, LoginController.class})
class PageProblems {

  private static final Logger log = LoggerFactory.getLogger(PageProblems.class);

  private final Templates templates;

  PageProblems(Templates templates) {
    this.templates = templates;
  }

  @ExceptionHandler
  ResponseEntity<String> failed(RuntimeException thrown) {
    Refusal refusal =
        Refusal.of(thrown)
            .orElseGet(() -> {
              log.error("The page failed", thrown);
              return new Refusal(
                  500, "Something is wrong with the page; the migrator's log says what.");
            });
    String title = refusal.status() == 404 ? "Not there" : "Not now";
    return Html.of(
        refusal.status(),
        templates.render("refused", new Refused(Frame.closed(title), refusal.text())));
  }
}
