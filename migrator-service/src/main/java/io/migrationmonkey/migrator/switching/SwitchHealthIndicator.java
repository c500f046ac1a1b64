package io.migrationmonkey.migrator.switching;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Down while the switch says nothing, or while Redis is away: no migration could start. */
@Component
class SwitchHealthIndicator extends AbstractHealthIndicator {

  private final Switchboard switchboard;

  SwitchHealthIndicator(Switchboard switchboard) {
    super("the switch can't be read");
    this.switchboard = switchboard;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    SwitchState state = switchboard.read();
    builder.up().withDetail("active", state.active().toString()).withDetail("epoch", state.epoch());
  }
}
