package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Without Redis the traffic flows on and no migration starts; with it, all is as before. */
@Order(4)
class RedisAwayStackIT {

  private static RunningStack running;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
  }

  @AfterEach
  void startRedis() throws Exception {
    running.stack.containers().start("redis");
  }

  @Test
  void trafficFlowsAndOrdersAreRefusedUntilRedisIsBack() throws Exception {
    Ledger ledger = RunningStack.ledger("redis");
    try (Load load = running.load(ledger)) {
      running.stack.containers().stop("redis");
      long without = load.figures().total();
      assertThat(
              RunningStack.problem(
                  running.stack.migrations().order("{\"reason\":\"no redis\"}"), 503))
          .contains("Redis");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(load.figures().total()).isGreaterThan(without + 300));
      running.stack.containers().start("redis");
      running.stack.awaitReady(RunningStack.SOON);
      RunningStack.assertNoFailure(load.stop());
    }
    assertThat(ledger.verify(running.texts(ServerName.PRODUCTION)).holds()).isTrue();
    assertThat(running.stack.containers().switchValue()).isEqualTo("false");
    MigrationView view =
        Patience.until(
            "an order to be taken again",
            RunningStack.SOON,
            () ->
                Optional.of(
                        running
                            .stack
                            .migrations()
                            .order("{\"reason\":\"redis is back\",\"dryRun\":true}"))
                    .filter(answer -> answer.status() == 202)
                    .map(answer -> answer.as(MigrationView.class)));
    assertThat(running.ended(view.id()).state()).isEqualTo("DRY_RUN_DONE");
  }
}
