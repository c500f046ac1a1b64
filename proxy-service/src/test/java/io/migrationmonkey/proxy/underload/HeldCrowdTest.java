package io.migrationmonkey.proxy.underload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.proxy.forwarding.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As many clients as a hold may keep waiting, let go at once. */
class HeldCrowdTest {

  private static final int CLIENTS = 10_000;
  private static final int BATCH = 250;

  @TempDir Path directory;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void tenThousandThatWaitedAreAnsweredInTheOrderInWhichTheyCame() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try (Stage stage = new Stage(directory)) {
      // One loop: two would each keep the order, and either could be ahead of the other.
      RunningProxy proxy =
          stage.proxy(
              RunningProxy.freePort(), "--monkey.traffic.threads=1", "--monkey.gate.max-hold=10m");
      try (RawClient first = new RawClient(proxy.port)) {
        assertThat(first.get("/before").read().status()).isEqualTo(200);
      }
      double before = proxy.megabytes();
      stage.cli().psetex(SwitchKey.HOLD, 300_000, "m-1");
      await().until(() -> proxy.get("/api/route").contains("\"holding\":\"m-1\""));
      long began = System.nanoTime();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new RawClient(proxy.port).get("/" + i));
        if (clients.size() % BATCH == 0) {
          awaitWaiting(proxy, clients.size());
        }
      }
      long allWait = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> System.nanoTime() - allWait > Duration.ofSeconds(5).toNanos());
      awaitWaiting(proxy, CLIENTS);
      double held = proxy.megabytes();
      stage.application.server(ServerName.BACKUP).forget();
      long released = System.nanoTime();
      stage.flip();
      for (RawClient client : clients) {
        var response = client.read();
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.header("X-Server")).isEqualTo("backup");
      }
      double seconds = (System.nanoTime() - released) / 1e9;
      double after = proxy.megabytes();
      List<String> order = stage.application.server(ServerName.BACKUP).paths();
      int overtook = farthestAhead(order);
      int connections = stage.application.server(ServerName.BACKUP).connections();
      System.out.printf(
          "%d requests held for 5 s and more (%.1f s to come), answered in %.2f s over %d connections;"
              + " overtaking by %d places at most; the proxy's memory %.0f MiB before, %.0f held, %.0f"
              + " after%n",
          CLIENTS, (allWait - began) / 1e9, seconds, connections, overtook, before, held, after);
      assertThat(order).hasSize(CLIENTS);
      // Those of one batch come in any order, and the server reads its connections in any order.
      assertThat(overtook).isLessThan(BATCH + connections);
      assertThat(connections).isLessThan(4000);
      assertThat(after - before).as("MiB more than before").isLessThan(256);
      assertThat(proxy.metric("monkey_requests_held_total")).isEqualTo(CLIENTS);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private static void awaitWaiting(RunningProxy proxy, int count) {
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> proxy.get("/api/route").contains("\"waiting\":" + count + ","));
  }

  private static int farthestAhead(List<String> paths) {
    int farthest = 0;
    for (int i = 0; i < paths.size(); i++) {
      farthest = Math.max(farthest, Integer.parseInt(paths.get(i).substring(1)) - i);
    }
    return farthest;
  }
}
