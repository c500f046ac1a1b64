package io.migrationmonkey.migrator.ssh;

import com.github.dockerjava.api.model.Capability;
import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Debian server in a container: systemd, sshd and apt. The image is the one of the demo,
 * unless the system property {@code monkey.server.image} names another one.
 */
public final class DebianServer implements AutoCloseable {

  private static final String IMAGE =
      System.getProperty("monkey.server.image", "migration-monkey/server:latest");

  private final ServerName name;
  private final GenericContainer<?> container;
  private final Path folder;

  private DebianServer(ServerName name, GenericContainer<?> container, Path folder) {
    this.name = name;
    this.container = container;
    this.folder = folder;
  }

  /**
   * Starts one, with a key of its own for logging in.
   *
   * @param folder a folder of its own, for that key and the pinned host key
   */
  @SuppressWarnings("resource") // the server closes it
  public static DebianServer started(ServerName name, Path folder) {
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(IMAGE))
            .withImagePullPolicy(image -> false)
            .withExposedPorts(22)
            .withTmpFs(Map.of("/run", "exec,mode=755", "/run/lock", "", "/tmp", "exec,mode=1777"))
            .withStartupTimeout(Duration.ofSeconds(60))
            .withCreateContainerCmdModifier(create ->
                create
                    .withHostName(name.toString())
                    .getHostConfig()
                    .withCapAdd(Capability.SYS_ADMIN, Capability.SYS_BOOT)
                    .withSecurityOpts(List.of("apparmor=unconfined")));
    container.start();
    DebianServer server = new DebianServer(name, container, folder);
    server.letUsIn();
    return server;
  }

  public SshSettings settings() {
    return new SshSettings(
        "root",
        container.getMappedPort(22),
        folder.resolve("id_ed25519"),
        folder.resolve("known_hosts"),
        Duration.ofSeconds(5));
  }

  public RemoteServer connect() {
    return new RemoteServer(name, settings(), container.getHost());
  }

  /** As the other server sees it: at its own address and port 22, with that pinned too. */
  public RemoteServer connectDirectly() {
    return new RemoteServer(name, directSettings(), ownAddress());
  }

  public SshSettings directSettings() {
    String key = inside("cat /etc/ssh/ssh_host_ed25519_key.pub").strip();
    Path pinned = folder.resolve("known_hosts_direct");
    ShellServer.write(pinned, "%s %s\n".formatted(ownAddress(), key));
    return new SshSettings("root", 22, folder.resolve("id_ed25519"), pinned, Duration.ofSeconds(5));
  }

  private String ownAddress() {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .findFirst()
        .orElseThrow()
        .getIpAddress();
  }

  /** Runs a script inside, past SSH, and fails where it does. */
  public String inside(String script) {
    try {
      var result = container.execInContainer("sh", "-euc", script);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(script + ": " + result.getStderr() + result.getStdout());
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public void put(String path, String text) {
    container.copyFileToContainer(Transferable.of(text), path);
  }

  /** Pins the server's host key of this type and no other. */
  public void pin(String type) {
    String key = inside("cat /etc/ssh/ssh_host_%s_key.pub".formatted(type)).strip();
    ShellServer.write(
        folder.resolve("known_hosts"),
        "[%s]:%d %s\n".formatted(container.getHost(), container.getMappedPort(22), key));
  }

  @Override
  public void close() {
    container.stop();
  }

  private void letUsIn() {
    inside(
        "mkdir -p /root/.ssh && chmod 700 /root/.ssh"
            + " && ssh-keygen -q -t ed25519 -N '' -f /root/trial"
            + " && cat /root/trial.pub >>/root/.ssh/authorized_keys");
    ShellServer.write(folder.resolve("id_ed25519"), inside("cat /root/trial; rm /root/trial"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> inside("test \"$(systemctl is-active ssh)\" = active"));
    pin("ed25519");
  }
}
