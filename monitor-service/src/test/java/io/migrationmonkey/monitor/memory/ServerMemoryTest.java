package io.migrationmonkey.monitor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.contract.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerMemoryTest {

  private static final String V1 = "/sys/fs/cgroup/memory/memory.";
  private static final String V2 = "/sys/fs/cgroup/memory.";
  private static final long MIB = 1 << 20;

  @TempDir Path root;
  private FakeServer server;

  @BeforeEach
  void aServer() {
    server = new FakeServer(root);
  }

  @Test
  void withoutALimitTheHostsMemoryCounts() throws Exception {
    assertThat(server.memory().read())
        .isEqualTo(
            new MemoryReading(
                new ManualClock().instant(),
                FakeServer.HOST_TOTAL,
                FakeServer.HOST_TOTAL / 4,
                "host /proc/meminfo via OSHI"));
    server.looksLike("v2-container").write(V2 + "max", "max\n");
    assertThat(server.memory().read().source()).startsWith("host");
  }

  @Test
  void theRootOfAHostOnCgroupV2HasNoFilesAndNoLimit() throws Exception {
    server.looksLike("v2-container");
    assertThat(server.memory().read().source()).startsWith("host");
  }

  @Test
  void aContainersLimitCountsAndWhatTheKernelCanDropIsNotUsedOnV1() throws Exception {
    server
        .write(V1 + "limit_in_bytes", "268435456\n")
        .write(V1 + "usage_in_bytes", "200000000\n")
        .write(V1 + "stat", "inactive_file 1\ntotal_inactive_file 50000000\n");
    MemoryReading reading = server.memory().read();
    assertThat(reading.totalBytes()).isEqualTo(268435456);
    assertThat(reading.usedBytes()).isEqualTo(150000000);
    assertThat(reading.source()).isEqualTo("cgroup v1 limit /sys/fs/cgroup/memory");
  }

  @Test
  void aContainersLimitCountsAndWhatTheKernelCanDropIsNotUsedOnV2() throws Exception {
    server
        .looksLike("v2-container")
        .write(V2 + "max", "805306368\n")
        .write(V2 + "current", "300000000\n")
        .write(V2 + "stat", ServerCgroupTest.resource("v2-memory.stat"));
    MemoryReading reading = server.memory().read();
    assertThat(reading.totalBytes()).isEqualTo(768 * MIB);
    assertThat(reading.usedBytes()).isEqualTo(300000000 - 31457280);
    assertThat(reading.source()).isEqualTo("cgroup v2 limit /sys/fs/cgroup");
  }

  @Test
  void aCapturedStatFileIsRead() throws Exception {
    server
        .write(V1 + "limit_in_bytes", "805306368\n")
        .write(V1 + "usage_in_bytes", "805306368\n")
        .write(V1 + "stat", ServerCgroupTest.resource("v1-memory.stat"));
    assertThat(server.memory().read().usedBytes()).isBetween(1L, 805306367L);
  }

  @Test
  void theLimitOfTheMonitorsOwnUnitDoesNotCount() throws Exception {
    server
        .looksLike("v2-container")
        .write(V2 + "max", "max\n")
        .write("/sys/fs/cgroup/system.slice/migration-monkey-monitor.service/memory.max", "9\n")
        .write("/sys/fs/cgroup/system.slice/memory.max", "9\n")
        .write("/sys/fs/cgroup/init.scope/memory.max", "9\n");
    assertThat(server.memory().read().source()).startsWith("host");
  }

  @Test
  void ofAllLimitsAboveTheServerTheTightestCounts() throws Exception {
    String slice = "/sys/fs/cgroup/docker.slice/";
    server
        .looksLike("v2-host-namespace")
        .write(slice + "docker-0a17.scope/memory.max", "max\n")
        .write(slice + "memory.max", "1000000\n")
        .write(slice + "memory.current", "900000\n")
        .write(slice + "memory.stat", "inactive_file 0\n");
    assertThat(server.memory().read())
        .extracting(MemoryReading::totalBytes, MemoryReading::source)
        .containsExactly(1000000L, "cgroup v2 limit /sys/fs/cgroup/docker.slice");
  }

  @Test
  void aLimitAboveTheHostsMemoryIsNone() throws Exception {
    server.write(V1 + "limit_in_bytes", Long.toString(FakeServer.HOST_TOTAL + 1));
    assertThat(server.memory().read().totalBytes()).isEqualTo(FakeServer.HOST_TOTAL);
  }

  @Test
  void aLimitThatChangesWhileTheServerRunsIsSeen() throws Exception {
    ServerMemory memory = server.usedMebibytes(500).memory();
    assertThat(memory.read().usedRatio()).isEqualTo(0.5);
    server.write(V1 + "limit_in_bytes", Long.toString(2000 * MIB));
    assertThat(memory.read().usedRatio()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @ValueSource(strings = {"usage_in_bytes", "stat"})
  void aMissingFigureIsAnErrorThatNamesTheFile(String file) {
    server.usedMebibytes(500).delete(V1 + file);
    assertThatThrownBy(() -> server.memory().read())
        .isInstanceOf(UnreadableMemoryException.class)
        .hasMessage("%s is missing", V1 + file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "lots", "-1", "99999999999999999999", "1 2"})
  void aMalformedFigureIsAnErrorThatQuotesIt(String figure) {
    server.usedMebibytes(500).write(V1 + "usage_in_bytes", figure);
    assertThatThrownBy(() -> server.memory().read())
        .isInstanceOf(UnreadableMemoryException.class)
        .hasMessageContaining(V1 + "usage_in_bytes")
        .hasMessageContaining("'%s'", figure.strip());
    server.usedMebibytes(500).write(V1 + "limit_in_bytes", figure);
    assertThatThrownBy(() -> server.memory().read()).hasMessageContaining(V1 + "limit_in_bytes");
  }

  @Test
  void aStatFileWithoutItsLineAndALimitOfNothingAreErrors() {
    server.usedMebibytes(500).write(V1 + "stat", "total_inactive_file_x 1\n");
    assertThatThrownBy(() -> server.memory().read()).hasMessageContaining("total_inactive_file");
    server.usedMebibytes(500).write(V1 + "limit_in_bytes", "0\n");
    assertThatThrownBy(() -> server.memory().read()).hasMessageContaining("no memory at all");
  }

  @Test
  void aHostWhoseMemoryOshiCannotReadIsAnErrorAndNotZero() {
    server.host(0, 0);
    assertThatThrownBy(() -> server.memory().read())
        .isInstanceOf(UnreadableMemoryException.class)
        .hasMessageContaining("/proc/meminfo");
  }

  @Test
  void oshiAgreesWithThisMachinesOwnFile() throws Exception {
    long total =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemTotal:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .findFirst()
            .orElseThrow();
    HostMemory.Figures figures = new HostMemory().read();
    assertThat(figures.totalBytes()).isEqualTo(total);
    assertThat(figures.availableBytes()).isBetween(1L, total);
  }

  @Test
  void thisMachineCanBeRead() throws Exception {
    MemoryReading reading =
        new ServerMemory(Path.of("/"), new HostMemory()::read, Clock.systemUTC()).read();
    assertThat(reading.usedRatio()).isBetween(0.001, 1.0);
  }
}
