package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.stack.MigrationView;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A standby with another host key than the pinned one may be anybody: nothing is sent there. */
@Order(3)
class ChangedHostKeyStackIT {

  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  @AfterEach
  void putTheKeyBack() throws Exception {
    running.shell(
        ServerName.BACKUP,
        "if [ -d /root/pinned-keys ]; then cp -a /root/pinned-keys/. /etc/ssh/; rm -r"
            + " /root/pinned-keys; systemctl restart ssh; fi");
  }

  @Test
  void aMigrationIsRefusedAndNothingIsTouched() throws Exception {
    String before = footprint();
    running.shell(
        ServerName.BACKUP,
        "mkdir /root/pinned-keys; mv /etc/ssh/ssh_host_*_key* /root/pinned-keys; ssh-keygen -A;"
            + " systemctl restart ssh");
    Ledger ledger = RunningStack.ledger("host-key");
    try (Load load = running.load(ledger)) {
      String refusal = refusal(running.stack.migrations().order("{\"reason\":\"test\"}"));
      assertThat(refusal.toLowerCase(Locale.ROOT)).contains("host key").contains("backup");
      RunningStack.assertNoFailure(load.stop());
    }
    assertThat(footprint()).isEqualTo(before);
    assertThat(ledger.verify(running.texts(ServerName.PRODUCTION)).holds()).isTrue();
  }

  /** Either the order itself is answered with a problem, or the migration that it began. */
  private static String refusal(Answer answer) throws Exception {
    if (answer.status() != 202) {
      return RunningStack.problem(answer, 412);
    }
    MigrationView view = running.ended(answer.as(JsonNode.class).path("id").asString());
    assertThat(view.state()).isEqualTo("REFUSED");
    return String.valueOf(view.problem());
  }

  private static String footprint() throws Exception {
    return running.shell(
            ServerName.BACKUP,
            "dpkg-query -W | sha256sum; find /root/.ssh -type f -exec sha256sum {} +; ls -d"
                + " /var/lib/guestbook /opt/guestbook 2>&1 || true")
        + running.stack.containers().switchValue();
  }
}
