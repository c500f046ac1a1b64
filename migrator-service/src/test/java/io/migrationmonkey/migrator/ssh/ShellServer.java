package io.migrationmonkey.migrator.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/**
 * An SSH server in this process, on a free port of 127.0.0.1, that lets one key in and runs each
 * command with a real {@code sh -c}, as sshd does.
 */
public final class ShellServer implements AutoCloseable {

  // Made once: a new pair costs more than most tests.
  private static final KeyPair HOST_KEY = rsa();

  private final Path folder;
  private final KeyPair userKey = rsa();
  private List<KeyPair> hostKeys = List.of(HOST_KEY);
  private final AtomicInteger connections = new AtomicInteger();
  private int port;
  private SshServer server;

  private ShellServer(Path folder) {
    this.folder = folder;
  }

  /**
   * @param folder where the client's key and known_hosts go
   */
  public static ShellServer started(Path folder) {
    ShellServer server = new ShellServer(folder);
    server.start();
    server.pin(server.hostKeys.getFirst());
    server.writeUserKey();
    return server;
  }

  /** What gets a client in: the right user, port, key and pinned host key. */
  public SshSettings settings() {
    return new SshSettings("root", port, key(), knownHosts(), Duration.ofSeconds(5));
  }

  public String address() {
    return "127.0.0.1";
  }

  Path key() {
    return folder.resolve("id_rsa");
  }

  Path knownHosts() {
    return folder.resolve("known_hosts");
  }

  /** How many connections came up so far. */
  int connections() {
    return connections.get();
  }

  void pin(KeyPair... hostKeys) {
    StringBuilder lines = new StringBuilder();
    for (KeyPair hostKey : hostKeys) {
      lines.append(
          "[127.0.0.1]:%d %s\n".formatted(port, PublicKeyEntry.toString(hostKey.getPublic())));
    }
    write(knownHosts(), lines.toString());
  }

  /** Stops, and starts again on the same port with these host keys. */
  void restartWith(KeyPair... keys) {
    close();
    hostKeys = List.of(keys);
    start();
  }

  void restart() {
    close();
    start();
  }

  /** Cuts every connection, as a crash does. */
  void cutConnections() {
    for (Session session : server.getActiveSessions()) {
      session.close(true);
    }
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start() {
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(port);
    CoreModuleProperties.TCP_NODELAY.set(server, true);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
    server.setPublickeyAuthenticator(
        (user, key, session) -> KeyUtils.compareKeys(key, userKey.getPublic()));
    server.setCommandFactory((channel, command) -> new Shell(command));
    server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionCreated(Session session) {
            connections.incrementAndGet();
          }
        });
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = server.getPort();
  }

  private void writeUserKey() {
    try (OutputStream out = Files.newOutputStream(key())) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
          userKey, "test", new OpenSSHKeyEncryptionContext(), out);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rsa() {
    return generate("RSA", 2048);
  }

  static KeyPair ecdsa() {
    return generate("EC", 256);
  }

  private static KeyPair generate(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One command, run by a shell, its streams copied by threads of its own. */
  private static final class Shell implements Command {

    private final String line;
    private InputStream in;
    private OutputStream out;
    private OutputStream err;
    private ExitCallback exit;
    private Process process;

    Shell(String line) {
      this.line = line;
    }

    @Override
    public void setInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
      this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment env) throws IOException {
      process = new ProcessBuilder("/bin/sh", "-c", line).start();
      Thread.startVirtualThread(() -> copy(in, process.getOutputStream(), true));
      Thread stdout = Thread.startVirtualThread(() -> copy(process.getInputStream(), out, false));
      Thread stderr = Thread.startVirtualThread(() -> copy(process.getErrorStream(), err, false));
      Thread.startVirtualThread(() -> {
        try {
          int code = process.waitFor();
          stdout.join();
          stderr.join();
          exit.onExit(code);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }

    @Override
    public void destroy(ChannelSession channel) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    private static void copy(InputStream from, OutputStream to, boolean close) {
      try {
        byte[] chunk = new byte[8192];
        for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
          to.write(chunk, 0, n);
          to.flush();
        }
        if (close) {
          to.close();
        }
      } catch (IOException e) {
        // The other end went away, as it may: the exit code tells the rest.
      }
    }
  }
}
