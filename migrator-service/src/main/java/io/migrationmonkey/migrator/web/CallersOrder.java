package io.migrationmonkey.migrator.web;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.access.Role;
import io.migrationmonkey.contract.MigrationOrder;
import io.migrationmonkey.contract.MigrationOrder.Trigger;
import org.springframework.http.HttpStatus;

/** An order as far as its caller may give it. */
final class CallersOrder {

  private CallersOrder() {}

  /**
   * Puts in who asks, where the order does not say.
   *
   * <p>A monitor may do no more than it is there for: it asks for its own server to be left, as a
   * monitor, and overrides nothing. So a token that was stolen from the standby moves nothing.
   */
  static MigrationOrder of(MigrationOrder order, Caller caller) {
    if (caller.role() == Role.MONITOR) {
      return ofMonitor(order, caller);
    }
    return order.trigger() == Trigger.MONITOR
        ? order
        : new MigrationOrder(
            order.from(),
            order.reason(),
            order.trigger(),
            order.dryRun(),
            order.force(),
            caller.by(order.by()));
  }

  private static MigrationOrder ofMonitor(MigrationOrder order, Caller caller) {
    boolean itsOwn = order.from() != null && order.from().toString().equals(caller.name());
    boolean asMonitor = order.trigger() == Trigger.MONITOR && order.by() == null;
    if (!itsOwn || !asMonitor || Boolean.TRUE.equals(order.force())) {
      throw MigrationController.problem(
          HttpStatus.FORBIDDEN,
          "'%s' is a monitor's token: it orders migrations off the server of that name, with trigger"
                  .formatted(caller.name())
              + " monitor and without force. Whatever else needs a token for operating");
    }
    return order;
  }
}
