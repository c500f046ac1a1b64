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

  @Test
  void byDefaultOldVersionsAreRepackedAndChangedFilesOfTheStandbyAreKept() {
    assertThat(bind(Map.of()).noLongerServed()).isEqualTo(PackageSettings.NoLongerServed.WARN);
    assertThat(bind(Map.of()).differingFiles()).isEqualTo(PackageSettings.DifferingFiles.KEEP);
    assertThat(bind(Map.of("monkey.packages.no-longer-served", "block")).noLongerServed())
        .isEqualTo(PackageSettings.NoLongerServed.BLOCK);
  }

  @Test
  void aPathThatIsNotAbsoluteIsRefused() {
    assertThatThrownBy(() -> bind(Map.of("monkey.packages.leave-files", "etc/hosts")))
        .rootCause()
        .hasMessageContaining("monkey.packages.leave-files holds 'etc/hosts'");
  }

  private static PackageSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("monkey.packages", PackageSettings.class);
  }
}
