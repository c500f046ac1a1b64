package io.migrationmonkey.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class RouteSnapshotTest {

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Gate gate =
      new Gate(new GateSettings(3, DataSize.ofMegabytes(1), Duration.ofSeconds(60)), clock);

  private RouteSnapshot at(Path file) {
    return new RouteSnapshot(new SnapshotSettings(file), metrics);
  }

  @Test
  void theRouteAndTheHoldAreRemembered() throws Exception {
    Path file = directory.resolve("deeper/route.json");
    RouteSnapshot snapshot = at(file);
    snapshot.keep(gate.state());
    assertThat(file).doesNotExist();
    gate.follow(new Route(ServerName.BACKUP, 7), new HoldOrder.Wait("m-1", Duration.ofSeconds(20)));
    snapshot.keep(gate.state());
    RouteSnapshot.Memory memory = at(file).read().orElseThrow();
    assertThat(memory.route()).isEqualTo(new Route(ServerName.BACKUP, 7));
    clock.advance(Duration.ofSeconds(5));
    assertThat(memory.order(clock.instant()))
        .isEqualTo(new HoldOrder.Wait("m-1", Duration.ofSeconds(15)));
    clock.advance(Duration.ofSeconds(15));
    assertThat(memory.order(clock.instant())).isEqualTo(new HoldOrder.Open());
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whatIsKeptCanBeReadBeforeTheDiskHasItAndAfter() {
    Path file = directory.resolve("route.json");
    RouteSnapshot snapshot = at(file);
    for (int epoch = 1; epoch < 5; epoch++) {
      gate.follow(new Route(ServerName.BACKUP, epoch), new HoldOrder.Open());
      snapshot.keep(gate.state());
      assertThat(at(file).read().orElseThrow().epoch()).isEqualTo(epoch);
    }
    snapshot.sync();
    snapshot.sync();
    assertThat(at(file).read().orElseThrow().epoch()).isEqualTo(4);
    assertThat(metrics.get("monkey_snapshot_written").gauge().value()).isOne();
  }

  @Test
  void whereItCannotBeWrittenTrafficGoesOnAndAMetricSaysSo() throws Exception {
    Path file = directory.resolve("a-file");
    Files.writeString(file, "");
    RouteSnapshot snapshot = at(file.resolve("route.json"));
    gate.follow(new Route(ServerName.BACKUP, 7), new HoldOrder.Open());
    snapshot.keep(gate.state());
    assertThat(metrics.get("monkey_snapshot_written").gauge().value()).isZero();
  }

  @Test
  void aProxyWithoutAFileRemembersNothing() {
    RouteSnapshot snapshot = at(Path.of(""));
    gate.follow(new Route(ServerName.BACKUP, 7), new HoldOrder.Open());
    snapshot.keep(gate.state());
    assertThat(snapshot.read()).isEmpty();
  }
}
