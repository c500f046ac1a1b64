package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.steps.OrderRefused;
import io.migrationmonkey.migrator.switching.FlipRefused;
import io.migrationmonkey.migrator.switching.SwitchUnknown;
import java.util.Optional;
import org.springframework.dao.DataAccessException;

/** Why an order was not taken, with the status and the words that REST has for it. */
record Refusal(int status, String text) {

  /** Empty for what is no refusal but a fault. */
  static Optional<Refusal> of(RuntimeException thrown) {
    return switch (thrown) {
      case OrderRefused refused -> Optional.of(new Refusal(refused.why().status(), words(refused)));
      case FlipRefused refused -> Optional.of(new Refusal(409, words(refused)));
      case SwitchUnknown unknown -> Optional.of(new Refusal(503, words(unknown)));
      case NotThere missing -> Optional.of(new Refusal(404, words(missing)));
      case Refused refused -> Optional.of(new Refusal(refused.status, words(refused)));
      case DataAccessException away ->
          Optional.of(
              new Refusal(
                  503,
                  "Redis does not answer. Traffic flows on as it did, but nothing can be ordered: see that"
                      + " Redis runs, then try again."));
      default -> Optional.empty();
    };
  }

  private static String words(RuntimeException thrown) {
    return String.valueOf(thrown.getMessage());
  }

  /** What the page itself does not take. */
  static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status, String why) {
      super(why);
      this.status = status;
    }
  }
}
