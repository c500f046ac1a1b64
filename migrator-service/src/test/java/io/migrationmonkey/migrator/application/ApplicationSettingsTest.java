package io.migrationmonkey.migrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ApplicationSettingsTest {

  private final Map<String, String> properties =
      new HashMap<>(
          Map.of(
              "monkey.application.name", "shop", "monkey.application.services[0]", "shop.service"));

  @Test
  void whereNothingIsSaidHealthIsAnHttpRequestToPort80() {
    ApplicationSettings.Health health = bind().health();
    assertThat(health.asCommand()).isEmpty();
    assertThat(health.url("server")).isEqualTo(URI.create("http://server:80/health"));
    assertThat(health.url("fd00::1")).isEqualTo(URI.create("http://[fd00::1]:80/health"));
    assertThat(bind().beforeStop()).isNull();
    assertThat(bind().afterStart()).isNull();
  }

  @Test
  void healthCanBeACommandWithATimeoutOfItsOwn() {
    put("health.command[0]", "pg_isready");
    put("health.command[1]", "-q");
    put("health.timeout", "2s");
    var command = bind().health().asCommand().orElseThrow().invocation();
    assertThat(command.arguments()).containsExactly("pg_isready", "-q");
    assertThat(command.timeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void healthIsNotBothACommandAndARequest() {
    put("health.command[0]", "pg_isready");
    put("health.port", "5432");
    refuses("monkey.application.health has a command, and a port or path too");
  }

  @Test
  void aPortIsOne() {
    put("health.port", "0");
    refuses("monkey.application.health.port is 0: it must be 1 to 65535");
  }

  @Test
  void aPathIsOne() {
    put("health.path", "health");
    refuses("monkey.application.health.path is 'health'");
  }

  @Test
  void anApplicationsOwnCommandEndsWhenTheStepMustIfThatIsSooner() {
    put("before-stop.command[0]", "/usr/local/bin/dump it");
    put("before-stop.timeout", "1m");
    CommandSettings dump = bind().beforeStop();
    assertThat(dump).isNotNull();
    assertThat(dump.command()).isEqualTo(List.of("/usr/local/bin/dump it"));
    assertThat(dump.within(Duration.ofSeconds(9)).invocation().timeout())
        .isEqualTo(Duration.ofSeconds(9));
    assertThat(dump.within(Duration.ofHours(9)).invocation().timeout())
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void aCommandOfNoWordsIsRefused() {
    put("after-start.timeout", "1m");
    refuses(
        "monkey.application.after-start.command is empty: it must list the program and its arguments");
  }

  @Test
  void aTimeoutIsPositive() {
    put("before-stop.command[0]", "true");
    put("before-stop.timeout", "0s");
    refuses("monkey.application.before-stop.timeout is PT0S: it must be above 0");
  }

  private void put(String property, String value) {
    properties.put("monkey.application." + property, value);
  }

  private void refuses(String message) {
    assertThatThrownBy(this::bind).hasStackTraceContaining(message);
  }

  private ApplicationSettings bind() {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("monkey.application", ApplicationSettings.class);
  }
}
