package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.migrator.application.PushProgress;
import org.junit.jupiter.api.Test;

class AdvanceTest {

  @Test
  void theWordsOfARoundOfCopyingSayHowFarItIs() {
    assertThat(Advance.of(new PushProgress(256 << 20, 4).words("round 1", 1024L << 20)))
        .isEqualTo(25);
    assertThat(Advance.of(new PushProgress(256 << 20, 4).words("round 2", 0))).isNull();
  }

  @Test
  void theWordsOfAnInstallationDoToo() {
    assertThat(Advance.of("unpacking nginx (22/88)")).isEqualTo(25);
    assertThat(Advance.of("unpacking nginx (0/0)")).isNull();
    assertThat(Advance.of("unpacking nginx (90/88)")).isEqualTo(100);
  }

  @Test
  void otherWordsSayNothing() {
    assertThat(Advance.of("proxy p1 (3 in flight) holds")).isNull();
  }
}
