package io.migrationmonkey.migrator.steps;

/** An order that did not become a migration; the message says why and what to do. */
public final class OrderRefused extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Why, as far as a caller must tell the cases apart. */
  public enum Why {
    /** The order itself makes no sense. */
    MALFORMED(400),
    /** It names something that does not exist. */
    UNKNOWN(404),
    /** It contradicts what is so now: one runs, or the server to leave is the standby. */
    CONFLICT(409),
    /** The standby could not take over, or it is too early. */
    NOT_NOW(412);

    private final int status;

    Why(int status) {
      this.status = status;
    }

    /** What HTTP calls it. */
    public int status() {
      return status;
    }
  }

  private final Why why;

  OrderRefused(Why why, String message) {
    super(message);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
