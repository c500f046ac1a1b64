package io.migrationmonkey.monitor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.monitor.memory.ServerCgroup.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ServerCgroupTest {

  @Test
  void aContainerThatRunsSystemdIsTheMountsRootAndNotTheMonitorsUnit() throws Exception {
    assertThat(find("v1-docker-systemd"))
        .isEqualTo(new ServerCgroup(Version.V1, paths("/sys/fs/cgroup/memory")));
    assertThat(find("v2-container"))
        .isEqualTo(new ServerCgroup(Version.V2, paths("/sys/fs/cgroup")));
  }

  @Test
  void aContainerWithoutANamespaceOfItsOwnIsFoundByItsBindMount() throws Exception {
    assertThat(find("v1-docker-plain"))
        .isEqualTo(new ServerCgroup(Version.V1, paths("/sys/fs/cgroup/memory")));
  }

  @Test
  void aContainerThatSeesTheWholeHierarchyIsFoundByItsPid1AndAllAboveItCounts() throws Exception {
    assertThat(find("v2-host-namespace"))
        .isEqualTo(
            new ServerCgroup(
                Version.V2,
                paths(
                    "/sys/fs/cgroup/docker.slice/docker-0a17.scope",
                    "/sys/fs/cgroup/docker.slice",
                    "/sys/fs/cgroup")));
  }

  @Test
  void whereProcess1IsHiddenTheRootOfTheMountStandsForTheServer() throws Exception {
    assertThat(ServerCgroup.find(resource("v2-container/mountinfo"), null))
        .contains(new ServerCgroup(Version.V2, paths("/sys/fs/cgroup")));
  }

  @Test
  void withoutAMemoryCgroupThereIsNone() throws Exception {
    assertThat(ServerCgroup.find("31 23 0:28 / / rw - ext4 /dev/vda rw\n", "0::/\n")).isEmpty();
    assertThat(ServerCgroup.find("", "0::/\n")).isEmpty();
    assertThat(ServerCgroup.find("short\n1 2 - cgroup2\n", "0::/\n")).isEmpty();
  }

  @Test
  void aNamespaceThatHidesTheServerIsAnErrorAndNotAGuess() {
    assertThatThrownBy(
            () -> ServerCgroup.find(resource("v2-container/mountinfo"), "0::/../../init.scope\n"))
        .isInstanceOf(UnreadableMemoryException.class)
        .hasMessageContaining("/../..");
    assertThatThrownBy(
            () -> ServerCgroup.find(resource("v1-docker-plain/mountinfo"), "4:memory:/other\n"))
        .isInstanceOf(UnreadableMemoryException.class)
        .hasMessageContaining("/other");
    assertThatThrownBy(
            () -> ServerCgroup.find(resource("v1-docker-plain/mountinfo"), "0::/docker/0a17\n"))
        .isInstanceOf(UnreadableMemoryException.class)
        .hasMessageContaining("names no memory cgroup");
  }

  @Test
  void mountPointsWithBlanksAreRead() throws Exception {
    assertThat(ServerCgroup.find("1 2 0:3 / /mnt/my\\040cgroup rw - cgroup2 cgroup rw\n", "0::/\n"))
        .contains(new ServerCgroup(Version.V2, paths("/mnt/my cgroup")));
  }

  static String resource(String name) {
    try (var in = ServerCgroupTest.class.getResourceAsStream("/cgroup/" + name)) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerCgroup find(String captured) throws UnreadableMemoryException {
    return ServerCgroup.find(resource(captured + "/mountinfo"), resource(captured + "/cgroup"))
        .orElseThrow();
  }

  private static java.util.List<Path> paths(String... paths) {
    return java.util.Arrays.stream(paths).map(Path::of).toList();
  }
}
