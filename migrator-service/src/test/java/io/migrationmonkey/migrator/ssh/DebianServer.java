package io.migrationmonkey.migrator.ssh;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Debian server in a container: systemd, sshd and apt. The image is the one of the demo; the
 * variable {@code MONKEY_IMAGES} is the first half of its name, as for docker-compose.yml.
 */
public final class DebianServer implements AutoCloseable {

  private static final String IMAGE =
      System.getenv().getOrDefault("MONKEY_IMAGES", "migration-monkey") + "/server:latest";

  private final ServerName name;
  private final GenericContainer<?> container;
  private final Path folder;
  private String user = "root";

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
  public static DebianServer started(ServerName name, Path folder) {
    return started(name, folder, null);
  }

  /**
   * The same on a network where its name is its host name.
   *
   * @param network null for none of its own
   */
  @SuppressWarnings("resource") // the server closes it
  public static DebianServer started(ServerName name, Path folder, @Nullable Network network) {
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
    if (network != null) {
      container.withNetwork(network).withNetworkAliases(name.toString());
    }
    container.start();
    DebianServer server = new DebianServer(name, container, folder);
    server.letUsIn();
    return server;
  }

  public SshSettings settings() {
    return new SshSettings(
        user,
        port(),
        folder.resolve("id_ed25519"),
        folder.resolve("known_hosts"),
        Duration.ofSeconds(5));
  }

  public RemoteServer connect() {
    return new RemoteServer(name, settings(), container.getHost());
  }

  /**
   * The same, at the address by which other servers know it. Its sshd listens on port 22 there, so
   * that one server reaches the other as the migrator does.
   */
  public RemoteServer connectAmongServers() {
    return new RemoteServer(name, settingsAmongServers(), addressAmongServers());
  }

  public SshSettings settingsAmongServers() {
    String key = inside("cat /etc/ssh/ssh_host_ed25519_key.pub").strip();
    Path pinned = folder.resolve("known_hosts_among_servers");
    ShellServer.write(pinned, "%s %s\n".formatted(addressAmongServers(), key));
    return new SshSettings(user, 22, folder.resolve("id_ed25519"), pinned, Duration.ofSeconds(5));
  }

  public String addressAmongServers() {
    return inside("hostname -I").strip().split(" ")[0];
  }

  /** From now on this user logs in, with the key that root had, and root does not. */
  public void onlyLetIn(String user) {
    inside(
        """
        useradd --create-home --shell /bin/bash %1$s
        install -d -m 700 -o %1$s -g %1$s /home/%1$s/.ssh
        install -m 600 -o %1$s -g %1$s /root/.ssh/authorized_keys /home/%1$s/.ssh/authorized_keys
        rm /root/.ssh/authorized_keys
        echo 'PermitRootLogin no' >/etc/ssh/sshd_config.d/00-no-root.conf
        systemctl reload ssh
        """
            .formatted(user));
    this.user = user;
  }

  /** Switches it off and on again, past anything that runs on it. Connect anew afterwards. */
  public void powerCut() {
    var docker = container.getDockerClient();
    docker.killContainerCmd(container.getContainerId()).exec();
    docker.startContainerCmd(container.getContainerId()).exec();
    awaitBooted();
    pin("ed25519");
  }

  // Asked each time: a container that was stopped comes back with another one.
  private int port() {
    var ports =
        container
            .getDockerClient()
            .inspectContainerCmd(container.getContainerId())
            .exec()
            .getNetworkSettings()
            .getPorts()
            .getBindings()
            .get(ExposedPort.tcp(22));
    return Integer.parseInt(ports[0].getHostPortSpec());
  }

  /** Waits until the boot is over, whether or not all of it went well. */
  public void awaitBooted() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> inside("systemctl is-system-running || true").strip(),
            state -> state.equals("running") || state.equals("degraded"));
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
        folder.resolve("known_hosts"), "[%s]:%d %s\n".formatted(container.getHost(), port(), key));
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
