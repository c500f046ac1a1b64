package io.migrationmonkey.settings;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What is done about settings in every service. */
@AutoConfiguration
public class SettingsConfiguration {

  @Bean
  static BeanFactoryPostProcessor unknownSettings(Environment environment) {
    return new UnknownSettings(environment);
  }
}
