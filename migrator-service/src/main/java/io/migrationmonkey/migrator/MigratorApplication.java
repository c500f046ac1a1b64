package io.migrationmonkey.migrator;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The migrator service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class MigratorApplication {

  public static void main(String[] args) {
    SpringApplication.run(MigratorApplication.class, args);
  }
}
