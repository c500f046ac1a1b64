package io.migrationmonkey.migrator.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.migrationmonkey.contract.ServerName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a real sshd on a real Debian server can show. */
class RemoteServerIT {

  @TempDir static Path folder;
  private static DebianServer debian;
  private RemoteServer server;

  @BeforeAll
  static void start() {
    debian = DebianServer.started(ServerName.PRODUCTION, folder);
  }

  @AfterAll
  static void stop() {
    debian.close();
  }

  @BeforeEach
  void connect() {
    debian.pin("ed25519");
    server = debian.connect();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void anEd25519KeyLogsInAtAnEd25519HostKey() {
    assertThat(server.run(new Run(Invocation.of("hostname")))).isEqualTo("production\n");
  }

  @Test
  void ofItsHostKeysSshdIsAskedForThePinnedOne() {
    debian.pin("rsa");

    assertThat(server.run(new Run(Invocation.of("hostname")))).isEqualTo("production\n");
  }

  @Test
  void hostileArgumentsPassTheLoginShellAsTheyAre() {
    String hostile = "'; touch /tmp/pwned `id` \"$(id)\" \\ \n * !! é 🐒";

    assertThat(server.run(new Run(Invocation.of("printf", "%s", hostile)))).isEqualTo(hostile);
  }

  @Test
  void aCommandEndedByASignalHasTheExitCodeOfAShell() {
    assertThatThrownBy(() -> server.run(new Run(Invocation.of("sh", "-c", "kill -9 $$"))))
        .isInstanceOfSatisfying(
            RemoteCommandFailed.class, failed -> assertThat(failed.exitCode()).isEqualTo(137));
  }

  @Test
  void moreCommandsThanSshdAllowsOnAConnectionWaitTheirTurn() {
    var answers =
        IntStream.range(0, 15)
            .parallel()
            .mapToObj(i -> server.run(new Run(Invocation.script("sleep 0.3; echo \"$1\"", "" + i))))
            .toList();

    assertThat(answers).hasSize(15).contains("0\n", "14\n");
  }

  @Test
  void aServerThatStopsAnsweringIsNoticedWithinSeconds() {
    server.run(new Run(Invocation.of("true")));
    long start = System.nanoTime();
    // The session's own sshd stops: the connection stays open and nothing answers on it.
    Invocation freeze =
        Invocation.script("kill -STOP $PPID; sleep 100").within(Duration.ofMinutes(2));
    try {
      assertThatThrownBy(() -> server.run(new Run(freeze))).isInstanceOf(ServerUnreachable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(server.run(new Run(Invocation.of("echo", "anew")))).isEqualTo("anew\n");
    } finally {
      debian.inside("pkill -CONT sshd");
    }
  }

  @Test
  void afterItsSshdWasRestartedCommandsWorkAgain() {
    server.run(new Run(Invocation.of("true")));
    debian.inside("systemctl restart ssh; pkill -f '[s]shd: root' || true");

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(server.run(new Run(Invocation.of("echo", "up")))).isEqualTo("up\n"));
  }
}
