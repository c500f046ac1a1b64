package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AptProgressTest {

  private final ManualClock clock = new ManualClock();
  private final List<String> told = new ArrayList<>();
  private final AptProgress progress = new AptProgress(clock, told::add);

  @Test
  void aSlowDownloadIsToldFileByFile() {
    Captured.text("download.stdout")
        .lines()
        .forEach(line -> {
          clock.advance(Duration.ofSeconds(1));
          progress.accept(line);
        });

    assertThat(told)
        .startsWith(
            "downloading 7 packages, 2021 kB",
            "downloading readline-common (1/7)",
            "downloading libevent-core-2.1-7 (2/7)")
        .endsWith("downloading tmux (7/7)")
        .hasSize(8);
  }

  @Test
  void ofAFastOneOnlyTheFirstAndTheLastAreTold() {
    Captured.text("install.stdout").lines().forEach(progress);

    assertThat(told)
        .containsExactly(
            "unpacking readline-common (1/7)",
            "unpacking tmux (7/7)",
            "setting up libsqlite3-0 (1/7)",
            "setting up sqlite3 (7/7)");
  }

  @Test
  void whatIsInTheCacheIsNotCounted() {
    Captured.text("download-partial.stdout").lines().forEach(progress);

    assertThat(told).first().isEqualTo("downloading 9 packages, 845 kB");
  }

  @Test
  void aRepositoryWithoutSuitesIsReadToo() {
    progress.accept("0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.");
    progress.accept("Get:1 file:/srv/debs ./ monkey-slow 1.0 [644 B]");

    assertThat(told).containsExactly("downloading monkey-slow (1/1)");
  }
}
