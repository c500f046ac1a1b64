package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PushProgressTest {

  @Test
  void aLineBecomesWords() {
    PushProgress progress = PushProgress.parse("written: 432013312 5").orElseThrow();
    assertThat(progress.words("round 1", 1024L << 20))
        .isEqualTo("round 1: 412 of 1024 MB (40 %), 82 MB/s, 7 s left");
    assertThat(progress.words("round 2", 0)).isEqualTo("round 2: 412 MB, 82 MB/s");
  }

  @Test
  void nothingIsSaidOfTheTimeLeftBeforeAnythingIsWritten() {
    assertThat(new PushProgress(0, 1).words("round 1", 1024L << 20))
        .isEqualTo("round 1: 0 of 1024 MB (0 %), 0 MB/s");
  }

  @Test
  void otherLinesAreNone() {
    assertThat(PushProgress.parse("Number of files: 12")).isEmpty();
    assertThat(PushProgress.parse("written: 99999999999999999999 1")).isEmpty();
    assertThat(PushProgress.parse("written: -1 1")).isEmpty();
  }
}
