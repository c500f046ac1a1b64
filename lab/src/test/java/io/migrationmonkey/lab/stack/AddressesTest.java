package io.migrationmonkey.lab.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.migrationmonkey.contract.ServerName;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

  @Test
  void withoutVariablesThePortsAreThoseOfTheComposeFile() {
    Addresses usual = Addresses.of(Map.of());
    assertThat(usual.traffic()).isEqualTo(8080);
    assertThat(usual.application(ServerName.BACKUP)).isEqualTo(8002);
    assertThat(usual.monitor(ServerName.PRODUCTION)).isEqualTo(8082);
  }

  @Test
  void aVariableMovesAPortAndAnEmptyOneDoesNot() {
    Addresses moved = Addresses.of(Map.of("MONKEY_TRAFFIC_PORT", "18080", "MONKEY_REDIS_PORT", ""));
    assertThat(moved.traffic()).isEqualTo(18080);
    assertThat(moved.redis()).isEqualTo(6379);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "0", "65536", "-1", "999999"})
  void whatIsNoPortIsRefusedByName(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Addresses.of(Map.of("MONKEY_PROXY_PORT", value)))
        .withMessageContaining("MONKEY_PROXY_PORT is '" + value + "'");
  }
}
