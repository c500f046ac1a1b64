package io.migrationmonkey.lab.running;

import static io.migrationmonkey.lab.running.RunningStack.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Migrations;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Orders that can't be carried out are refused in words; one that only asks changes nothing. */
@Order(2)
class WrongInputStackIT {

  private static RunningStack running;
  private static Migrations migrations;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
    migrations = running.stack.migrations();
  }

  @Test
  @Order(1)
  void anUnknownServerIsNotFound() throws Exception {
    assertThat(problem(migrations.order("{\"from\":\"third\",\"reason\":\"test\"}"), 404))
        .contains("production")
        .contains("backup");
  }

  @Test
  @Order(2)
  void anUnknownMigrationIsNotFound() throws Exception {
    problem(migrations.send(Request.get("/api/migrations/no-such")), 404);
  }

  @Test
  @Order(3)
  void aMalformedBodyIsABadRequest() throws Exception {
    problem(migrations.order("{\"reason\":"), 400);
    problem(migrations.order("[]"), 400);
    problem(migrations.order(""), 400);
  }

  @Test
  @Order(4)
  void anOrderWithoutAReasonIsABadRequest() throws Exception {
    assertThat(problem(migrations.order("{}"), 400)).contains("reason");
    assertThat(problem(migrations.order("{\"reason\":\" \"}"), 400)).contains("reason");
  }

  @Test
  @Order(5)
  void anOrderToLeaveTheStandbyIsAConflict() throws Exception {
    assertThat(problem(migrations.order("{\"from\":\"backup\",\"reason\":\"late\"}"), 409))
        .contains("backup");
  }

  @Test
  @Order(6)
  void aDryRunAnswersWithThePlanAndChangesNothing() throws Exception {
    String before = footprint();
    String id = running.order("{\"reason\":\"what would happen\",\"dryRun\":true}");
    MigrationView view = running.ended(id);
    assertThat(view.state()).as("%s", view.problem()).isEqualTo("DRY_RUN_DONE");
    assertThat(view.packagesToInstall()).hasSizeGreaterThan(50);
    assertThat(footprint()).isEqualTo(before);
  }

  /** What a migration would change on the standby, and the switch. */
  private static String footprint() throws Exception {
    return running.shell(
            ServerName.BACKUP,
            "dpkg-query -W | sha256sum; find /root/.ssh /etc -xdev -type f -newermt @0 -printf '%p %T@"
                + " %s\\n' | sort | sha256sum")
        + running.stack.containers().switchValue()
        + running.stack.epoch();
  }
}
