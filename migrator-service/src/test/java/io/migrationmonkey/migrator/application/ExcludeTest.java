package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class ExcludeTest {

  @ParameterizedTest
  @CsvSource({
    "*.tmp, /var/lib/x/a.tmp, true",
    "*.tmp, /var/lib/x/a.tmp/below, true",
    "*.tmp, /var/lib/x/a.tmpx, false",
    "cache/, /var/lib/x/cache, true",
    "cache, /var/lib/x/mycache, false",
    "/var/lib/x/c?t, /var/lib/x/cat, true",
    "/var/lib/x/*, /var/lib/x/a, true",
    "/var/*/a, /var/lib/x/a, false",
    "/var/**/a, /var/lib/x/a, true",
    "x/a, /var/lib/x/a, true",
    "x/a, /var/lib/yx/a, false",
    "a.b, /var/lib/axb, false",
    "jä*, /var/lib/jähr, true",
  })
  void aPatternMeansWhatItMeansToRsync(String pattern, String path, boolean covered) {
    assertThat(new Exclude(pattern).covers(path)).isEqualTo(covered);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a[b]", "back\\slash", "new\nline", "a***", "+ a", "- a", "!"})
  void aPatternThatMayMeanSomethingElseIsRefused(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Exclude(pattern))
        .withMessageContaining("monkey.application.exclude holds '%s'".formatted(pattern));
  }

  @Test
  void aPatternThatLeavesOutADeclaredPathIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new DataSettings(List.of("/var/lib/x/cache"), List.of("x"), DataSize.ofBytes(0)))
        .withMessageContaining("leaves out all of /var/lib/x/cache");
  }

  @Test
  void aBandwidthLimitBelowAKilobyteIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataSettings(null, null, DataSize.ofBytes(5)))
        .withMessageContaining("monkey.application.bandwidth-limit is 5B");
  }
}
