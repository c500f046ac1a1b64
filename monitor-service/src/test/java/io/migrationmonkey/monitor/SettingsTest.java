package io.migrationmonkey.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Starts an application that has the settings and nothing else, as a person would start it. */
@ExtendWith(OutputCaptureExtension.class)
class SettingsTest {

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({
    MonitorSettings.class,
    MigratorSettings.class,
    MemorySettings.class,
    PressureSettings.class,
    ApplicationSettings.class,
    RestartSettings.class
  })
  static class OnlySettings {}

  @Test
  void theLeastThatMustBeSetIsTheServerAndTheMigrator() {
    try (ConfigurableApplicationContext context =
        start("monkey.server=backup", "monkey.migrator.url=https://migrator/monkey")) {
      assertThat(context.getBean(MonitorSettings.class).server()).hasToString("backup");
      assertThat(context.getBean(PressureSettings.class).usedRatio()).isEqualTo(0.95);
      assertThat(context.getBean(PressureSettings.class).sustained()).hasSeconds(10);
      assertThat(context.getBean(MemorySettings.class).period()).hasSeconds(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          monkey.server=third                  | monkey.server is 'third'. Allowed: 'production' or 'backup'
          monkey.server=                       | monkey.server is missing. Allowed: 'production' or 'backup'
          monkey.migrator.url=                 | monkey.migrator.url is
          monkey.migrator.url=ftp://migrator   | monkey.migrator.url is 'ftp://migrator'. Allowed: an http or https address
          monkey.migrator.url=migrator:8081    | monkey.migrator.url is 'migrator:8081'. Allowed: an http or https address
          monkey.migrator.connect-timeout=0s   | monkey.migrator.connect-timeout is '0ms'. Allowed: 100ms to 60s
          monkey.migrator.answer-timeout=2m    | monkey.migrator.answer-timeout is '120000ms'. Allowed: 100ms to 60s
          monkey.migrator.warm-standby=maybe   | monkey.migrator.warm-standby is 'maybe'. Allowed: true or false
          monkey.memory.period=10ms            | monkey.memory.period is '10ms'. Allowed: 100ms to 4s
          monkey.memory.period=often           | monkey.memory.period is 'often'. Allowed: 100ms to 4s
          monkey.pressure.used-ratio=1.5       | monkey.pressure.used-ratio is '1.5'. Allowed: 0.10 to 0.99
          monkey.pressure.usedRatio=NaN        | monkey.pressure.used-ratio is 'NaN'. Allowed: 0.10 to 0.99
          monkey.pressure.used-ratio=90%       | monkey.pressure.used-ratio is '90%'. Allowed: 0.10 to 0.99
          monkey.application.services[0]=a b   | monkey.application.services is 'a b'. Allowed: systemd units like 'guestbook.service'
          monkey.application.health.port=0     | monkey.application.health.port is '0'. Allowed: 1 to 65535
          monkey.application.health.path=x     | monkey.application.health.path is 'x'. Allowed: a path like '/health'
          monkey.application.health.timeout=2m | monkey.application.health.timeout is '120000ms'. Allowed: 100ms to 60s
          monkey.restart.attempts=0            | monkey.restart.attempts is '0'. Allowed: 1 to 100
          monkey.restart.window=1s             | monkey.restart.window is '1000ms'. Allowed: 10s to 1d
          monkey.restart.unhealthy-after=0s    | monkey.restart.unhealthy-after is '0ms'. Allowed: 1s to 1h
          monkey.restart.grace=10s             | monkey.restart.grace is '10000ms'. Allowed: 11s to 1h
          monkey.restart.enabled=perhaps       | monkey.restart.enabled is 'perhaps'. Allowed: true or false
          monkey.pressure.strained-ratio=1     | monkey.pressure.strained-ratio is '1.0'. Allowed: 0.05 to 0.94
          monkey.pressure.available=0B         | monkey.pressure.available is '0B'. Allowed: a size above nothing
          monkey.pressure.stalled=2            | monkey.pressure.stalled is '2.0'. Allowed: a share of the time
          monkey.pressure.look-ahead=0s        | monkey.pressure.look-ahead is '0ms'. Allowed: 1s to 600s
          monkey.pressure.move=2h              | monkey.pressure.move is '7200000ms'. Allowed: 1s to 3600s
          monkey.pressure.margin=0.5           | monkey.pressure.margin is '0.5'. Allowed: 1 to 10
          monkey.pressure.sustained=-1s        | monkey.pressure.sustained is '-1000ms'. Allowed: 100ms to 600s
          """)
  void aBadValueIsRefusedWithPropertyValueAndWhatIsAllowed(
      String bad, String refusal, CapturedOutput output) {
    assertRefused(refusal, output, bad);
  }

  @ParameterizedTest
  @MethodSource
  void whatMustBeSetIsAskedForByName(String present, String refusal, CapturedOutput output) {
    try (ConfigurableApplicationContext context = startWith(present)) {
      throw new AssertionError("it started: " + context);
    } catch (RuntimeException e) {
      assertThat(output).contains(refusal);
    }
  }

  static Stream<Arguments> whatMustBeSetIsAskedForByName() {
    return Stream.of(
        Arguments.of("monkey.server=backup", "monkey.migrator.url is missing. Allowed: an http"),
        Arguments.of("monkey.migrator.url=http://m", "monkey.server is missing. Allowed: 'prod"));
  }

  private static void assertRefused(String refusal, CapturedOutput output, String bad) {
    try (ConfigurableApplicationContext context =
        start("monkey.server=production", "monkey.migrator.url=http://migrator:8081", bad)) {
      throw new AssertionError("it started: " + context);
    } catch (RuntimeException e) {
      assertThat(output)
          .contains("APPLICATION FAILED TO START")
          .contains(refusal)
          .doesNotContain("\tat ");
    }
  }

  private static ConfigurableApplicationContext start(String... settings) {
    return startWith(settings);
  }

  private static ConfigurableApplicationContext startWith(String... settings) {
    SpringApplication application = new SpringApplication(OnlySettings.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    java.util.Map<String, Object> properties = new java.util.LinkedHashMap<>();
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      properties.put(parts[0], parts[1]);
    }
    application.setDefaultProperties(properties);
    return application.run();
  }
}
