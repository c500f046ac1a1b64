package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RsyncProgressTest {

  @Test
  void aLineOfRsyncBecomesWords() {
    RsyncProgress progress =
        RsyncProgress.parse("    432,013,312  40%   86.00MB/s    0:00:07 (xfr#12, to-chk=3/20)")
            .orElseThrow();
    assertThat(progress.words("round 1", 1024L << 20))
        .isEqualTo("round 1: 412 of 1024 MB (40 %), 86 MB/s, 7 s left");
    assertThat(progress.words("round 2", 0)).isEqualTo("round 2: 412 MB (40 %), 86 MB/s, 7 s left");
  }

  @Test
  void otherLinesAreNone() {
    assertThat(RsyncProgress.parse("Number of files: 12")).isEmpty();
    assertThat(RsyncProgress.parse("100%")).isEmpty();
  }
}
