package io.migrationmonkey.migrator.ssh;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.ssh.KnownHosts.Verdict;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.SecurityUtils;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to one server, and says in plain words why one did not come about. */
final class Connector {

  private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

  // Unanswered at 4 and 8 s, given up at 12 s.
  private static final int KEEP_ALIVE_SECONDS = 4;
  private static final int KEEP_ALIVES_UNANSWERED = 2;

  private final ServerName server;
  private final SshSettings settings;
  private final String address;

  Connector(ServerName server, SshSettings settings, String address) {
    this.server = server;
    this.settings = settings;
    this.address = address;
  }

  /**
   * A connection that is logged in.
   *
   * @throws IOException where none came about; {@link #unreachable} says it in plain words
   * @throws HostKeyRefused where the server could not show a pinned key
   */
  SSHClient connect() throws IOException {
    PinnedKeys pinnedKeys = new PinnedKeys(pinnedHosts());
    SSHClient client = new SSHClient(new SshjConfig());
    try {
      client.setSocketFactory(new NoDelaySockets());
      client.addHostKeyVerifier(pinnedKeys);
      client.setConnectTimeout(millis());
      int handshakeMillis = 3 * millis();
      client.setTimeout(handshakeMillis);
      client.getTransport().setTimeoutMs(handshakeMillis);
      client.getConnection().setTimeoutMs(handshakeMillis);
      KeepAliveRunner keepAlive = (KeepAliveRunner) client.getConnection().getKeepAlive();
      keepAlive.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
      keepAlive.setMaxAliveCount(KEEP_ALIVES_UNANSWERED);
      client.connect(address, settings.port());
      client.authPublickey(settings.user(), key(client));
      if (settings.needsSudo()) {
        requireSudo(client);
      }
      return client;
    } catch (IOException e) {
      closeQuietly(client);
      if (pinnedKeys.refused != null) {
        throw pinnedKeys.refused;
      }
      throw e;
    } catch (RuntimeException e) {
      closeQuietly(client);
      throw e;
    }
  }

  /** What a connection that broke, or did not come about, is to the one who runs a command. */
  ServerUnreachable unreachable(IOException failure) {
    return new ServerUnreachable(server, problem(failure), failure);
  }

  static void closeQuietly(SSHClient client) {
    try {
      client.disconnect();
    } catch (IOException e) {
      // It is being given up because it is broken or no longer needed: nothing hangs on a goodbye.
      LOG.debug("closing a connection", e);
    }
  }

  // Once a connection, so that no command's own exit code need be told from sudo's.
  private void requireSudo(SSHClient client) throws IOException {
    Duration atMost = settings.connectTimeout().multipliedBy(3);
    Invocation nothing = settings.asRoot(Invocation.of("true"));
    try {
      Output answer =
          new Execution(client.startSession(), nothing, line -> {}).run(Deadline.after(atMost));
      if (answer.exitCode() != 0) {
        throw new ServerUnreachable(
            server,
            ("lets %s in, but not use sudo without a password: install sudo there and write"
                    + " '%s ALL=(ALL:ALL) NOPASSWD: ALL' to /etc/sudoers.d/migration-monkey with"
                    + " 'visudo -f', or log in as root (it said: %s)")
                .formatted(settings.user(), settings.user(), answer.stderr().strip()),
            new IOException("exit code %d".formatted(answer.exitCode())));
      }
    } catch (TimeoutException e) {
      throw new ServerUnreachable(
          server,
          "lets %s in, but sudo does not answer within %d s: try 'sudo -n true' there"
              .formatted(settings.user(), atMost.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private KnownHosts pinnedHosts() {
    try {
      return KnownHosts.read(settings.knownHosts());
    } catch (IllegalArgumentException e) {
      throw new HostKeyRefused(
          server, false, "cannot be told from another host: " + e.getMessage());
    }
  }

  private KeyProvider key(SSHClient client) {
    try {
      KeyProvider key = client.loadKeys(settings.key().toString());
      key.getPrivate();
      return key;
    } catch (IOException e) {
      throw new ServerUnreachable(
          server,
          ("cannot be logged in to: %s (monkey.ssh.key) is no private key that can be read without a"
                  + " passphrase; 'ssh-keygen -t ed25519 -N \"\" -f FILE' makes one")
              .formatted(settings.key()),
          e);
    }
  }

  private String problem(IOException failure) {
    String place = "%s:%d".formatted(address, settings.port());
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UserAuthException refused -> {
          return ("does not let %s in with the key %s: append its public half to"
                  + " authorized_keys of %s on %s (sshd said: %s)")
              .formatted(
                  settings.user(), settings.key(), settings.user(), server, refused.getMessage());
        }
        case OpenFailException full -> {
          return "takes no more sessions on one connection at %s (%s): raise MaxSessions in its sshd_config to 10"
              .formatted(place, full.getMessage());
        }
        case UnknownHostException unknown -> {
          return "cannot be found: the name '%s' does not resolve; correct monkey.servers.%s.address or the name service"
              .formatted(address, server);
        }
        case NoRouteToHostException none -> {
          return "cannot be reached: no route to %s; check the network between here and there"
              .formatted(place);
        }
        case ConnectException refused -> {
          return "refuses connections at %s: check that the server is up and sshd runs there"
              .formatted(place);
        }
        case SocketTimeoutException late -> {
          return noAnswer(place);
        }
        case TimeoutException late -> {
          return noAnswer(place);
        }
        default -> {}
      }
    }
    return "broke the SSH connection at %s: %s; check whether it has rebooted or is out of memory"
        .formatted(place, failure.getMessage());
  }

  private static String noAnswer(String place) {
    return "does not answer at %s: check that the server is up and no firewall is in between"
        .formatted(place);
  }

  private int millis() {
    return (int) settings.connectTimeout().toMillis();
  }

  /** Accepts pinned keys only, and remembers why it did not. */
  private final class PinnedKeys implements HostKeyVerifier {

    private final KnownHosts pinned;
    private volatile @Nullable HostKeyRefused refused;

    PinnedKeys(KnownHosts pinned) {
      this.pinned = pinned;
    }

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
      Verdict verdict = pinned.judge(hostname, port, key);
      if (verdict != Verdict.PINNED) {
        refused = refusal(verdict, SecurityUtils.getFingerprint(key));
      }
      return verdict == Verdict.PINNED;
    }

    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
      return pinned.algorithms(hostname, port);
    }

    private HostKeyRefused refusal(Verdict verdict, String fingerprint) {
      return verdict == Verdict.CHANGED
          ? new HostKeyRefused(
              server,
              true,
              ("shows another host key (%s) than the one pinned in %s: find out why before anything"
                      + " else, someone may be in between; if the server was installed anew, pin its"
                      + " new key there")
                  .formatted(fingerprint, settings.knownHosts()))
          : new HostKeyRefused(
              server,
              false,
              ("has no Ed25519 or RSA host key pinned in %s for %s port %d (it shows %s): compare with"
                      + " 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub' on the server and add it"
                      + " to that file")
                  .formatted(settings.knownHosts(), address, settings.port(), fingerprint));
    }
  }
}
