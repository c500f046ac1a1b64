package io.migrationmonkey.migrator;

import io.migrationmonkey.migrator.packages.PackageSettings;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The migrator service: takes orders by REST, runs migrations over SSH, owns the switch. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class MigratorApplication {

  public static void main(String[] args) {
    SpringApplication.run(MigratorApplication.class, args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  PackageTransfer packageTransfer(PackageSettings settings, SshSettings ssh) {
    return new PackageTransfer(settings, ssh);
  }
}
