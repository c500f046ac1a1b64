package io.migrationmonkey.migrator.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PackageSettingsTest {

  @Test
  void byDefaultTheMachinesOwnPackagesAreLeftOut() {
    assertThat(bind(Map.of()).leaveOut())
        .contains("linux-image-*", "grub*", "firmware-*", "cloud-init*", "*-microcode", "shim-*");
  }

  @Test
  void aListOfOnesOwnReplacesTheDefault() {
    assertThat(bind(Map.of("monkey.packages.leave-out", "mysql-*,postfix")).leaveOut())
        .containsExactly("mysql-*", "postfix");
  }

  @Test
  void whatIsNoPatternIsRefused() {
    assertThatThrownBy(() -> bind(Map.of("monkey.packages.leave-out", "MySQL [a]")))
        .rootCause()
        .hasMessageContaining("monkey.packages.leave-out holds 'MySQL [a]'");
  }

  private static PackageSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("monkey.packages", PackageSettings.class);
  }
}
