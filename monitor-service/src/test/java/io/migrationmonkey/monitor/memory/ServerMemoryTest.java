package io.migrationmonkey.monitor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    MemoryReading reading = server.memory().read();
    assertThat(reading.totalBytes()).isEqualTo(FakeServer.HOST_TOTAL);
    assertThat(reading.usedBytes()).isEqualTo(FakeServer.HOST_TOTAL / 4);
    assertThat(reading.source()).isEqualTo("host /proc/meminfo via OSHI");
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
    assertThat(reading.usedBytes()).isEqualTo(300000000 - 47185920);
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
  void ofTwoLimitsTheOneWithLessLeftCountsHoweverHighItIs() throws Exception {
    String slice = "/sys/fs/cgroup/docker.slice/";
    server.looksLike("v2-host-namespace");
    level(slice + "docker-0a17.scope/", 1000, 500);
    level(slice, 4000, 3900);
    assertThat(server.memory().read())
        .extracting(MemoryReading::totalBytes, MemoryReading::usedBytes)
        .containsExactly(4000L, 3900L);
  }

  private void level(String directory, long limit, long usage) {
    server
        .write(directory + "memory.max", limit + "\n")
        .write(directory + "memory.current", usage + "\n")
        .write(directory + "memory.stat", "inactive_file 0\n");
  }

  @Test
  void theHostCountsWhereItHasLessLeftThanItsContainer() throws Exception {
    server.usedMebibytes(500).host(FakeServer.HOST_TOTAL, 100 * MIB);
    assertThat(server.memory().read().source()).startsWith("host");
  }

  @Test
  void aPageCacheHoweverActiveIsNotUsed() throws Exception {
    server
        .usedMebibytes(990)
        .write(V1 + "stat", "total_inactive_file 209715200\ntotal_active_file 629145600\n");
    MemoryReading reading = server.memory().read();
    assertThat(reading.usedBytes()).isEqualTo(190 * MIB);
    assertThat(reading.value(Signal.WORKING_SET)).hasValue(790 * MIB);
  }

  @Test
  void whatElseCanBeReadComesWithItsSource() throws Exception {
    server
        .looksLike("v2-container")
        .write("/proc/pressure/memory", stall(7, 3))
        .write(V2 + "pressure", stall(5, 2))
        .write(V2 + "events", "low 0\noom 4\noom_kill 2\noom_group_kill 0\n")
        .write("/proc/meminfo", "MemTotal: 9 kB\nSwapTotal:   2048 kB\nSwapFree: 512 kB\n")
        .write("/proc/vmstat", "nr_x 1\npswpin 11\npswpout 12\npgmajfault 13\noom_kill 1\n");
    MemoryReading reading = server.memory().read();
    assertThat(reading.signals())
        .containsEntry(Signal.HOST_SOME_STALL, new Figure(7, "/proc/pressure/memory some total"))
        .containsEntry(Signal.HOST_FULL_STALL, new Figure(3, "/proc/pressure/memory full total"))
        .containsEntry(
            Signal.OWN_SOME_STALL, new Figure(5, "/sys/fs/cgroup/memory.pressure some total"))
        .containsEntry(
            Signal.OWN_FULL_STALL, new Figure(2, "/sys/fs/cgroup/memory.pressure full total"))
        .containsEntry(Signal.SWAP_TOTAL, new Figure(2 * MIB, "/proc/meminfo SwapTotal"))
        .containsEntry(
            Signal.SWAP_USED, new Figure(1536 << 10, "/proc/meminfo SwapTotal minus SwapFree"))
        .containsEntry(Signal.SWAPPED_IN, new Figure(11, "/proc/vmstat pswpin"))
        .containsEntry(Signal.SWAPPED_OUT, new Figure(12, "/proc/vmstat pswpout"))
        .containsEntry(Signal.MAJOR_FAULTS, new Figure(13, "/proc/vmstat pgmajfault"))
        .containsEntry(Signal.HOST_OOM_KILLS, new Figure(1, "/proc/vmstat oom_kill"))
        .containsEntry(
            Signal.OWN_OOM_KILLS, new Figure(2, "/sys/fs/cgroup/memory.events oom_kill"));
  }

  private static String stall(int some, int full) {
    return "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n"
        .formatted(some, full);
  }

  @Test
  void whatCannotBeReadIsAbsentAndNeverZero() throws Exception {
    server.looksLike("v2-container").write("/proc/pressure/memory", "some total=lots\n");
    assertThat(server.memory().read().signals()).isEmpty();
  }

  @Test
  void whatZfsWouldGiveBackIsNotUsed() throws Exception {
    server
        .looksLike("v2-container")
        .host(8L << 30, 2L << 30)
        .write(
            "/proc/spl/kstat/zfs/arcstats",
            "13 1 0x01 147 39984 1 2\n"
                + "name type data\n"
                + "c_min                           4    536870912\n"
                + "size                            4    3758096384\n");
    MemoryReading reading = server.memory().read();
    assertThat(reading.usedBytes()).isEqualTo(3L << 30);
    assertThat(reading.source()).contains("ZFS");
    assertThat(reading.value(Signal.ZFS_RECLAIMABLE)).hasValue(3L << 30);
  }

  @Test
  void onAHybridHostTheServersOwnStallsStandWithV2() throws Exception {
    server
        .looksLike("v1-docker-systemd")
        .write(
            "/proc/self/mountinfo",
            ServerCgroupTest.resource("v1-docker-systemd/mountinfo")
                + "44 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
        .write("/sys/fs/cgroup/unified/memory.pressure", stall(9, 4));
    assertThat(server.memory().read().value(Signal.OWN_SOME_STALL)).hasValue(9);
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
