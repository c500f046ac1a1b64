package io.migrationmonkey.migrator.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarmSettingsTest {

  @ParameterizedTest
  @ValueSource(strings = {"off", "false", "0", "0s", "0m"})
  void itCanBeOff(String off) {
    assertThat(new WarmSettings(off).interval()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5m", "300s", "PT5M"})
  void itTakesATime(String every) {
    assertThat(new WarmSettings(every).interval()).contains(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "on", "-5m", "25h", "10ms", "five minutes", "5 m m"})
  void anythingElseIsRefusedByName(String wrong) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WarmSettings(wrong))
        .withMessageContaining("monkey.warm.every is '%s'".formatted(wrong))
        .withMessageContaining("off");
  }
}
