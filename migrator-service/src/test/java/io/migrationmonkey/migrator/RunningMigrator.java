package io.migrationmonkey.migrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.access.TestTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The whole migrator in this process, on a free port; no server answers where it looks for them.
 */
public final class RunningMigrator {

  private RunningMigrator() {}

  /**
   * Starts it.
   *
   * @param directory for its keys, tokens and state
   * @param more settings, as arguments
   */
  public static ConfigurableApplicationContext in(Path directory, String redis, String... more)
      throws Exception {
    Path key = directory.resolve("id_ed25519");
    int made =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
            .start()
            .waitFor();
    assertThat(made).isZero();
    Path knownHosts = Files.createFile(directory.resolve("known_hosts"));
    List<String> settings =
        List.of(
            "--server.port=0",
            "--spring.data.redis.url=" + redis,
            "--monkey.access.tokens=" + TestTokens.in(directory),
            "--monkey.state-directory=" + directory,
            "--monkey.servers.production.address=127.0.0.1",
            "--monkey.servers.backup.address=localhost",
            "--monkey.ssh.port=1",
            "--monkey.ssh.user=root",
            "--monkey.ssh.key=" + key,
            "--monkey.ssh.known-hosts=" + knownHosts,
            "--monkey.warm.every=off",
            "--monkey.application.name=guestbook",
            "--monkey.application.services[0]=guestbook.service");
    return SpringApplication.run(
        MigratorApplication.class,
        Stream.concat(settings.stream(), Stream.of(more)).toArray(String[]::new));
  }

  public static int port(ConfigurableApplicationContext service) {
    return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
  }
}
