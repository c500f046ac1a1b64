package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.stack.Containers;
import io.migrationmonkey.lab.stack.Patience;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What a server starts when it boots, whatever it was told before. */
@Order(80)
class BootGuardStackIT {

  private static final String STATES = "systemctl is-active guestbook nginx | sort -u || true";

  private static RunningStack running;
  private static ServerName active;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
    active = SwitchKey.active(running.stack.containers().switchValue());
  }

  @Test
  @Order(1)
  void aServerThatWasLeftBehindStartsNothingWhenItReturnsThoughItsUnitsAreEnabled()
      throws Exception {
    ServerName left = active.other();
    // As it looks where the migrator did not reach it any more before the traffic moved.
    running.shell(
        left,
        "systemctl enable --quiet guestbook nginx;"
            + " echo 'active 1' > /var/lib/migration-monkey/role");
    powerCut(left);
    try {
      assertThat(running.shell(left, STATES)).isEqualTo("inactive");
      assertThat(running.shell(left, "journalctl --boot --output=cat -u guestbook -u nginx"))
          .contains(
              "guestbook.service is not started: Redis says that %s is active".formatted(active))
          .contains("nginx.service is not started");
    } finally {
      running.shell(
          left,
          "systemctl disable --quiet guestbook nginx;"
              + " echo standby > /var/lib/migration-monkey/role");
    }
  }

  @Test
  @Order(2)
  void anActiveServerThatLostItsPowerServesAgainByItself() throws Exception {
    powerCut(active);
    assertThat(running.shell(active, STATES)).isEqualTo("active");
    Patience.until(
        "the application through the proxy",
        RunningStack.SOON,
        () ->
            Optional.of(running.stack.get(running.stack.addresses().traffic(), "/health"))
                .filter(answer -> answer.status() == 200));
  }

  private static void powerCut(ServerName server) throws Exception {
    Containers containers = running.stack.containers();
    containers.kill(server.toString());
    containers.start(server.toString());
    Patience.until(
        "%s to boot".formatted(server),
        RunningStack.SOON,
        () -> {
          String state =
              containers
                  .exec(server.toString(), "sh", "-c", "systemctl is-system-running || true")
                  .strip();
          return state.equals("running") || state.equals("degraded")
              ? Optional.of(state)
              : Optional.empty();
        });
  }
}
