package io.migrationmonkey.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.migrationmonkey.proxy.forwarding.HostPort;
import io.migrationmonkey.proxy.forwarding.UpstreamSettings;
import io.migrationmonkey.proxy.routing.GateSettings;
import io.migrationmonkey.proxy.switching.SwitchSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class SettingsTest {

  @Test
  void hostAndPortAreRead() {
    assertThat(HostPort.of("production:80")).isEqualTo(new HostPort("production", 80));
    assertThat(HostPort.of("[::1]:8080")).isEqualTo(new HostPort("::1", 8080));
    assertThat(HostPort.of("[::1]:8080")).hasToString("[::1]:8080");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "production", ":80", "production:", "a:0", "a:65536", "::1:80", "a:x"})
  void whatIsNoHostAndPortIsRefusedByItsValue(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPort.of(text))
        .withMessageContaining("'" + text + "'");
  }

  @Test
  void aBadSettingIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UpstreamSettings(null, HostPort.of("backup:80")))
        .withMessageContaining("monkey.upstreams.production");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GateSettings(0, DataSize.ofMegabytes(1), Duration.ofSeconds(1)))
        .withMessageContaining("monkey.gate.max-waiting is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GateSettings(1, DataSize.ofMegabytes(1), Duration.ZERO))
        .withMessageContaining("monkey.gate.max-hold");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new SwitchSettings(
                Duration.ofSeconds(1),
                Duration.ofMillis(-1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1)))
        .withMessageContaining("monkey.switching.reconnect-delay is PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ProxySettings("a b", false))
        .withMessageContaining("monkey.proxy.name is 'a b'");
  }

  @Test
  void theProxysNameIsTheHostsUnlessItIsSet() {
    assertThat(new ProxySettings(null, false).name()).isNotBlank();
    assertThat(new ProxySettings("p1", false).name()).isEqualTo("p1");
  }
}
