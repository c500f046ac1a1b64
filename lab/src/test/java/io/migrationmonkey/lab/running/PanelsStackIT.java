package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.stack.Addresses;
import io.migrationmonkey.lab.stack.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** No panel of Grafana and no rule is empty once the application has moved under load. */
@Order(9)
class PanelsStackIT {

  private static final Path ASK = Path.of("..", "deploy", "prometheus", "ask");

  private String said = "";

  @Test
  void everyPanelAndRuleHasDataAfterAMigration() throws Exception {
    RunningStack running = RunningStack.ready();
    try (Load load = running.load(RunningStack.ledger("panels"))) {
      String id = running.order("{\"reason\":\"to be seen by Prometheus\",\"force\":true}");
      assertThat(running.ended(id).succeeded()).isTrue();
      // Nobody compares packages by himself where warm runs are off.
      running.stack.migrations().send(Request.get("/api/parity?refresh=true"));
      Patience.until(
          "Prometheus to have data for every panel and rule: see what deploy/prometheus/ask says",
          RunningStack.SOON,
          () -> ask(running) == 0 ? Optional.of(said) : Optional.empty());
      RunningStack.assertNoFailure(load.stop());
    } finally {
      System.out.println(said);
    }
  }

  private int ask(RunningStack running) throws IOException, InterruptedException {
    String url = "http://%s:%d".formatted(Addresses.HOST, running.stack.addresses().prometheus());
    Process process =
        new ProcessBuilder("python3", ASK.toString(), url).redirectErrorStream(true).start();
    said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
