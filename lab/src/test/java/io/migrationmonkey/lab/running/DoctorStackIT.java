package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.Request;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The doctor finds what was broken on a real server, and nothing on servers that are well. */
@Order(2)
class DoctorStackIT {

  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  @Test
  @Order(1)
  void nothingIsWrongWithTwoServersThatAnsibleMade() throws Exception {
    assertThat(problems()).isEmpty();
  }

  @Test
  @Order(2)
  void whatIsBrokenIsNamedWithItsRemedy() throws Exception {
    running.shell(
        ServerName.BACKUP,
        "mv /usr/bin/rrsync /usr/bin/rrsync.away && systemctl stop migration-monkey-monitor && sleep 6");
    try {
      assertThat(problems())
          .hasSize(2)
          .anySatisfy(
              line -> assertThat(line).contains("backup", "lacks rrsync", "apt-get install rsync"))
          .anySatisfy(line -> assertThat(line).contains("backup", "no monitor that reports"));
    } finally {
      running.shell(
          ServerName.BACKUP,
          "mv /usr/bin/rrsync.away /usr/bin/rrsync && systemctl start migration-monkey-monitor && sleep 8");
    }
    assertThat(problems()).isEmpty();
  }

  private static List<String> problems() throws IOException {
    Answer answer = running.stack.migrations().send(Request.get("/api/doctor"));
    assertThat(answer.status()).isEqualTo(200);
    JsonNode diagnosis = answer.as(JsonNode.class);
    List<String> problems =
        diagnosis
            .get("findings")
            .valueStream()
            .filter(finding -> finding.get("level").asString().equals("problem"))
            .map(JsonNode::toString)
            .toList();
    assertThat(diagnosis.get("healthy").asBoolean()).isEqualTo(problems.isEmpty());
    return problems;
  }
}
