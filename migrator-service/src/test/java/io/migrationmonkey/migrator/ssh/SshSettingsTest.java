package io.migrationmonkey.migrator.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SshSettingsTest {

  @TempDir Path folder;
  private final Map<String, String> properties = new HashMap<>();

  @BeforeEach
  void write() {
    ShellServer.write(folder.resolve("key"), "a key");
    ShellServer.write(folder.resolve("known_hosts"), "");
    properties.put("monkey.ssh.key", folder.resolve("key").toString());
    properties.put("monkey.ssh.known-hosts", folder.resolve("known_hosts").toString());
  }

  @Test
  void onlyTheFilesNeedBeNamed() {
    assertThat(bind())
        .isEqualTo(
            new SshSettings(
                "root",
                22,
                folder.resolve("key"),
                folder.resolve("known_hosts"),
                Duration.ofSeconds(5)));
  }

  @Test
  void aMissingKeyIsNamed() {
    properties.remove("monkey.ssh.key");
    refuses("monkey.ssh.key is missing");
  }

  @Test
  void aKeyThatDoesNotExistIsNamed() {
    properties.put("monkey.ssh.key", "/no/such/key");
    refuses("monkey.ssh.key is /no/such/key");
  }

  @Test
  void knownHostsMustExist() {
    properties.put("monkey.ssh.known-hosts", folder.toString());
    refuses("monkey.ssh.known-hosts is " + folder);
  }

  @Test
  void aPortMustBeOne() {
    properties.put("monkey.ssh.port", "70000");
    refuses("monkey.ssh.port is 70000");
  }

  @Test
  void aConnectTimeoutMustBePositive() {
    properties.put("monkey.ssh.connect-timeout", "0s");
    refuses("monkey.ssh.connect-timeout is PT0S");
  }

  @Test
  void aLineThatIsNoHostKeyIsNamed() {
    ShellServer.write(folder.resolve("known_hosts"), "# ours\nproduction\n");
    refuses("line 2 of " + folder.resolve("known_hosts"));
  }

  @Test
  void marksThatAreNotHonouredAreNotAccepted() {
    ShellServer.write(folder.resolve("known_hosts"), "@revoked production ssh-ed25519 AAAA\n");
    refuses("line 1 of " + folder.resolve("known_hosts"));
  }

  private void refuses(String message) {
    assertThatThrownBy(this::bind).rootCause().hasMessageContaining(message);
  }

  private SshSettings bind() {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("monkey.ssh", SshSettings.class);
  }
}
