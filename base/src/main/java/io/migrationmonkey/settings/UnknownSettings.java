package io.migrationmonkey.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses a start with a setting under our prefix that nobody reads: most likely it is misspelt,
 * and somebody counts on it. Files, arguments and environment variables alike.
 */
final class UnknownSettings implements BeanFactoryPostProcessor {

  private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("monkey");

  /**
   * What our scripts keep in the environment: no service reads it, but one may be started there.
   */
  private static final Predicate<String> OF_SCRIPTS =
      Pattern.compile(
              "monkey\\.(project|debian\\.mirror|images|receipt|token|used\\.ratio|application|starts\\.on"
                  + "|private\\.address|production|backup|reboot\\.timeout|cool\\.down"
                  + "|(reboots|bench)(\\.\\w+)+|[\\w.\\[\\]]+port)")
          .asMatchPredicate();

  private final Environment environment;

  UnknownSettings(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    List<SettingNames.Setting> known = new ArrayList<>();
    for (String bean : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
      Class<?> type = beans.getType(bean, false);
      if (type != null) {
        known.addAll(SettingNames.of(type));
      }
    }
    Set<String> unknown = new TreeSet<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource all) {
        all.stream()
            .filter(OURS::isAncestorOf)
            .filter(name -> !isKnown(name, known) && !isOfScripts(source, name))
            .forEach(name -> unknown.add(describe(source, name)));
      }
    }
    if (!unknown.isEmpty()) {
      throw RefusedSetting.unknown(unknown);
    }
  }

  private static boolean isKnown(ConfigurationPropertyName name, List<SettingNames.Setting> known) {
    String uniform = SettingNames.uniform(name);
    return known.stream()
        .anyMatch(setting ->
            uniform.equals(setting.uniform())
                // An empty value for a whole record, as {} in YAML.
                || setting.uniform().startsWith(uniform + ".")
                || (setting.open() && uniform.startsWith(setting.uniform() + ".")));
  }

  private static boolean isOfScripts(
      ConfigurationPropertySource source, ConfigurationPropertyName name) {
    return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource
        && OF_SCRIPTS.test(name.toString());
  }

  private static String describe(
      ConfigurationPropertySource source, ConfigurationPropertyName name) {
    var property = source.getConfigurationProperty(name);
    return property == null || property.getOrigin() == null
        ? name.toString()
        : "%s (%s)".formatted(name, property.getOrigin());
  }
}
