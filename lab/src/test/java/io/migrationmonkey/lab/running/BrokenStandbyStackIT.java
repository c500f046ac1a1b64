package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.stack.MigrationView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The standby turns out to be broken while the traffic is held already: something else has the
 * application's port there.
 */
@Order(6)
class BrokenStandbyStackIT {

  private static RunningStack running;
  private static ServerName active;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
    active = ServerName.BACKUP;
    running.shell(
        active.other(),
        "systemd-run --quiet --unit=squatter python3 -m http.server 80 --directory /run");
  }

  @AfterEach
  void freeThePort() throws Exception {
    running.shell(active.other(), "systemctl stop squatter || true");
  }

  @Test
  void theMigrationRollsBackAndNobodyNoticesMoreThanAWait() throws Exception {
    String bootId = running.stack.containers().bootId(active);
    String switchBefore = running.stack.containers().switchValue();
    Ledger ledger = RunningStack.ledger("broken");
    MigrationView view;
    try (Load load = running.load(ledger)) {
      view = running.ended(running.order("{\"reason\":\"to a broken standby\"}"));
      RunningStack.assertNoFailure(load.stop());
      assertThat(load.figures().answeredBy()).containsOnlyKeys(active.toString());
    }
    assertThat(view.state()).as("%s", view.problem()).isEqualTo("ROLLED_BACK");
    assertThat(view.problem()).contains("START_APPLICATION").contains("nginx");
    assertThat(running.journal(view.id())).anyMatch(line -> line.startsWith("HOLD_TRAFFIC DONE"));
    assertThat(ledger.verify(running.texts(active)).holds()).isTrue();
    assertThat(running.stack.containers().switchValue()).isEqualTo(switchBefore);
    assertThat(running.stack.containers().bootId(active)).isEqualTo(bootId);
    assertThat(
            running.shell(
                active.other(), "systemctl is-active guestbook nginx | sort -u | tr '\\n' ' '"))
        .doesNotContain("active ");
  }
}
