package io.migrationmonkey.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class UnknownSettingsTest {

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(SettingsConfiguration.class)
  @EnableConfigurationProperties({Garden.class, House.class})
  static class Service {}

  record Tree(String name, @DefaultValue("1") int highInMetres) {}

  record Door(String colour) {}

  @ConfigurationProperties("monkey.garden")
  record Garden(List<Tree> trees, Map<String, String> signs, Tree oldest) {}

  @ConfigurationProperties("monkey")
  record House(Door frontDoor, List<String> rooms) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monkey.garden.trees[0].name=elm",
        "monkey.garden.trees[0].high-in-metres=2",
        "monkey.garden.trees[0].highInMetres=2",
        "monkey.garden.signs.keep.off=the grass",
        "monkey.garden.oldest.name=oak",
        "monkey.front-door.colour=red",
        "monkey.frontDoor.colour=red",
        "monkey.rooms=kitchen",
        "monkey.rooms[0]=kitchen",
        "monkey.garden.oldest=",
        "donkey.garden.tree=elm"
      })
  void whatSomebodyReadsIsTakenHoweverItIsWritten(String setting) {
    try (ConfigurableApplicationContext context = start(setting)) {
      assertThat(context.isActive()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monkey.gardn.trees[0].name=secret-value",
        "monkey.garden.trees[0].nam=secret-value",
        "monkey.garden.oldest.name.first=secret-value",
        "monkey.front-door.colours=secret-value",
        "monkey.room=secret-value"
      })
  void whatNobodyReadsIsRefusedByItsNameWithoutItsValue(String setting, CapturedOutput output) {
    assertThatThrownBy(() -> start(setting)).isInstanceOf(RefusedSetting.class);
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("no setting of this service is called " + setting.split("=", 2)[0])
        .contains("docs/settings.md")
        .doesNotContain("secret-value")
        .doesNotContain("\tat ");
  }

  @Test
  void anEnvironmentVariableThatNobodyReadsIsRefusedTooUnlessOurScriptsHaveIt() {
    try (ConfigurableApplicationContext context =
        startIn(
            Map.of(
                "MONKEY_GARDEN_TREES_0_HIGHINMETRES", "7",
                "MONKEY_PROJECT", "mm",
                "MONKEY_MIGRATOR_2_PORT", "8091",
                "MONKEY_PRODUCTION_MONITOR_PORT", "8082"))) {
      assertThat(context.getBean(Garden.class).trees().getFirst().highInMetres()).isEqualTo(7);
    }
    assertThatThrownBy(() -> startIn(Map.of("MONKEY_GARDEN_TREE_0_NAME", "elm")))
        .isInstanceOf(RefusedSetting.class)
        .hasMessageContaining("monkey.garden.tree[0].name");
  }

  private static ConfigurableApplicationContext start(String setting) {
    return application().run("--" + setting);
  }

  private static ConfigurableApplicationContext startIn(Map<String, Object> variables) {
    SpringApplication application = application();
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    application.setEnvironment(environment);
    return application.run();
  }

  private static SpringApplication application() {
    SpringApplication application = new SpringApplication(Service.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    return application;
  }
}
