package io.migrationmonkey.migrator.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RemoteServerTest {

  @TempDir Path folder;
  private ShellServer sshd;
  private RemoteServer server;

  @BeforeEach
  void start() {
    sshd = ShellServer.started(folder);
    server = new RemoteServer(ServerName.PRODUCTION, sshd.settings(), sshd.address());
  }

  @AfterEach
  void stop() {
    server.close();
    sshd.close();
  }

  @Test
  void aCommandAnswersWithWhatItWrote() {
    assertThat(server.run(new Run(Invocation.of("echo", "hello")))).isEqualTo("hello\n");
  }

  @Test
  void noCommandIsSentOnceNoneMay() {
    AtomicReference<String> forbidden = new AtomicReference<>();
    Runnable mayAct =
        () -> {
          if (forbidden.get() != null) {
            throw new IllegalStateException(forbidden.get());
          }
        };
    Path trace = folder.resolve("trace");
    Run act = new Run(Invocation.of("touch", trace.toString()));
    try (RemoteServer guarded =
        new RemoteServer(ServerName.BACKUP, sshd.settings(), sshd.address(), mayAct)) {
      guarded.run(new Run(Invocation.of("true")));
      forbidden.set("no more");
      assertThatThrownBy(() -> guarded.run(act)).hasMessage("no more");
      assertThat(trace).doesNotExist();
      forbidden.set(null);
      guarded.run(act);
      assertThat(trace).exists();
    }
  }

  @Test
  void closingGivesUpTheCommandThatRunsAtOnce() throws Exception {
    try (RemoteServer closing =
        new RemoteServer(ServerName.BACKUP, sshd.settings(), sshd.address())) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      closing.run(new Run(Invocation.of("true")));
      Thread.ofVirtual()
          .start(() -> {
            try {
              closing.run(new Run(Invocation.of("sleep", "300")), line -> {});
              ended.complete(null);
            } catch (RuntimeException e) {
              ended.complete(e);
            }
          });
      Thread.sleep(300);
      closing.close();
      assertThat(ended.get(1, TimeUnit.SECONDS)).isNotNull();
      assertThatThrownBy(() -> closing.run(new Run(Invocation.of("true"))))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aCommandWithoutOutputAnswersWithNothing() {
    assertThat(server.run(new Run(Invocation.of("true")))).isEmpty();
  }

  @Test
  void hostileArgumentsArriveAsTheyAre() {
    String hostile = "'; touch $HOME/x `id` \"$(id)\" \\ \n * é 🐒";

    assertThat(server.run(new Run(Invocation.of("printf", "%s", hostile)))).isEqualTo(hostile);
  }

  @Test
  void aScriptGetsItsValuesAsArguments() {
    Invocation script = Invocation.script("printf '%s|' \"$#\" \"$1\" \"$2\"", "a b", "$(id)");

    assertThat(server.run(new Run(script))).isEqualTo("2|a b|$(id)|");
  }

  @Test
  void aScriptEndsAtItsFirstFailure() {
    assertThatThrownBy(() -> server.run(new Run(Invocation.script("echo a; false; echo b"))))
        .isInstanceOf(RemoteCommandFailed.class);
  }

  @Test
  void anExitCodeThatIsNoAnswerCarriesEverythingThatWasSaid() {
    RemoteCommandFailed failed =
        catchThrowableOfType(
            RemoteCommandFailed.class,
            () ->
                server.run(
                    new Run(
                        Invocation.script(
                                "# look for it\ncat >/dev/null; echo out; echo no such thing >&2; exit 3")
                            .withInput("a secret"))));

    assertThat(failed.server()).isEqualTo(ServerName.PRODUCTION);
    assertThat(failed.exitCode()).isEqualTo(3);
    assertThat(failed.stdout()).isEqualTo("out\n");
    assertThat(failed.stderr()).isEqualTo("no such thing\n");
    assertThat(failed)
        .hasMessage("production: 'look for it' ended with exit code 3: no such thing")
        .hasMessageNotContaining("secret");
  }

  @Test
  void anExitCodeMayBeAnAnswer() {
    RemoteCommand<Boolean> exists =
        new RemoteCommand<>() {
          @Override
          public Invocation invocation() {
            return Invocation.of("test", "-e", "/does/not/exist").accepting(0, 1);
          }

          @Override
          public Boolean parse(Output output) {
            return output.exitCode() == 0;
          }
        };

    assertThat(server.run(exists)).isFalse();
  }

  @Test
  void inputReachesTheCommandWhole() {
    String input = "é".repeat(500_000);

    assertThat(server.run(new Run(Invocation.of("cat").withInput(input)))).isEqualTo(input);
  }

  @Test
  void withoutInputACommandReadsAnEndOfFileAtOnce() {
    assertThat(server.run(new Run(Invocation.of("cat").within(Duration.ofSeconds(5))))).isEmpty();
  }

  @Test
  void aCommandNeedNotReadItsInput() {
    Invocation deaf = Invocation.of("echo", "done").withInput("x".repeat(1_000_000));

    assertThat(server.run(new Run(deaf))).isEqualTo("done\n");
  }

  @Test
  void fiveMegabytesOnEachStreamComeThroughWithoutADeadlock() {
    RemoteCommand<Output> both =
        new RemoteCommand<>() {
          @Override
          public Invocation invocation() {
            return Invocation.script(
                "head -c 5000000 /dev/zero | tr '\\0' e >&2; head -c 5000000 /dev/zero | tr '\\0' o");
          }

          @Override
          public Output parse(Output output) {
            return output;
          }
        };

    Output output = server.run(both);

    assertThat(output.stdout()).hasSize(5_000_000).containsOnlyOnce("o".repeat(5_000_000));
    assertThat(output.stderr()).hasSize(5_000_000).containsOnlyOnce("e".repeat(5_000_000));
  }

  @Test
  void outputWithoutEndIsCutOffAndTheServerStaysUsable() {
    assertThatThrownBy(() -> server.run(new Run(Invocation.of("yes"))))
        .isInstanceOf(MalformedOutput.class)
        .hasMessageContaining("32 MiB");
    assertThat(server.run(new Run(Invocation.of("echo", "still here")))).isEqualTo("still here\n");
  }

  @Test
  void linesAreToldAsTheyCome() throws Exception {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    Path go = folder.resolve("go");
    Invocation slow =
        Invocation.script(
            "printf 'one\\rtwo\\r\\nthr'; until [ -e \"$1\" ]; do sleep 0.05; done; printf 'ee\\nend'",
            go.toString());
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> result = executor.submit(() -> server.run(new Run(slow), lines::add));

      await().atMost(5, TimeUnit.SECONDS).until(() -> lines.equals(List.of("one", "two")));
      Files.createFile(go);

      assertThat(result.get(5, TimeUnit.SECONDS)).isEqualTo("one\rtwo\r\nthree\nend");
      assertThat(lines).containsExactly("one", "two", "three", "end");
    }
  }

  @Test
  void whatTheListenerThrowsReachesTheCallerAndEndsTheCommand() {
    assertThatThrownBy(() ->
            server.run(
                new Run(Invocation.script("echo x; sleep 50")),
                line -> {
                  throw new IllegalArgumentException("not " + line);
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not x");
  }

  @Test
  void aCommandThatDoesNotEndInTimeIsGivenUpAndOthersGoOn() {
    long start = System.nanoTime();

    assertThatThrownBy(
            () -> server.run(new Run(Invocation.of("sleep", "50").within(Duration.ofMillis(300)))))
        .isInstanceOf(RemoteCommandTimedOut.class)
        .hasMessageContainingAll("production", "sleep 50", "0.3 s");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThat(server.run(new Run(Invocation.of("echo", "on")))).isEqualTo("on\n");
    assertThat(sshd.connections()).isEqualTo(1);
  }

  @Test
  void twentyCommandsRunSideBySideOnOneConnection() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers =
          IntStream.range(0, 20)
              .mapToObj(i ->
                  executor.submit(() ->
                      server.run(
                          new Run(Invocation.script("sleep 0.2; echo \"$1\"", "answer " + i)))))
              .toList();

      for (int i = 0; i < 20; i++) {
        assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("answer " + i + "\n");
      }
    }
    assertThat(sshd.connections()).isEqualTo(1);
  }

  @Test
  void aConnectionThatBrokeIsReplacedAtTheNextCommand() {
    server.run(new Run(Invocation.of("true")));
    sshd.cutConnections();

    assertThat(server.run(new Run(Invocation.of("echo", "back")))).isEqualTo("back\n");
    assertThat(sshd.connections()).isEqualTo(2);
  }

  @Test
  void aCommandOnAConnectionThatBreaksFailsAndIsNotSentAgain() throws Exception {
    Path ran = folder.resolve("ran");
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> result =
          executor.submit(() ->
              server.run(
                  new Run(Invocation.script("echo ran >>\"$1\"; sleep 50", ran.toString()))));
      await().atMost(5, TimeUnit.SECONDS).until(() -> Files.exists(ran));
      sshd.cutConnections();

      assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS))
          .hasCauseInstanceOf(ServerUnreachable.class)
          .hasMessageContaining("production");
    }
    assertThat(server.run(new Run(Invocation.of("cat", ran.toString())))).isEqualTo("ran\n");
  }

  @Test
  void afterARestartOfTheServerCommandsWorkAgain() {
    server.run(new Run(Invocation.of("true")));
    server.disconnect();
    sshd.restart();

    assertThat(server.run(new Run(Invocation.of("echo", "up")))).isEqualTo("up\n");
  }

  @Test
  void aServerThatIsDownRefusesConnections() {
    sshd.close();

    assertThatThrownBy(() -> server.run(new Run(Invocation.of("true"))))
        .isInstanceOf(ServerUnreachable.class)
        .hasMessageContaining("production refuses connections at 127.0.0.1:")
        .hasMessageContaining("check that the server is up and sshd runs there");
  }

  @Test
  void aServerThatAcceptsAndSaysNothingIsGivenUp() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      SshSettings settings =
          new SshSettings(
              "root", mute.getLocalPort(), sshd.key(), sshd.knownHosts(), Duration.ofMillis(300));
      try (RemoteServer silent = new RemoteServer(ServerName.BACKUP, settings, "127.0.0.1")) {
        assertThatThrownBy(() -> silent.run(new Run(Invocation.of("true"))))
            .isInstanceOf(ServerUnreachable.class)
            .hasMessageContaining("backup does not answer");
      }
    }
  }

  @Test
  void aNameThatDoesNotResolveIsSaidSo() {
    try (RemoteServer lost =
        new RemoteServer(ServerName.BACKUP, sshd.settings(), "no-such-host.invalid")) {
      assertThatThrownBy(() -> lost.run(new Run(Invocation.of("true"))))
          .isInstanceOf(ServerUnreachable.class)
          .hasMessageContaining("'no-such-host.invalid' does not resolve");
    }
  }

  @Test
  void anotherKeyOfOursIsNotLetIn() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (ShellServer stranger = ShellServer.started(other)) {
      SshSettings settings =
          new SshSettings(
              "root",
              sshd.settings().port(),
              stranger.key(),
              sshd.knownHosts(),
              Duration.ofSeconds(5));
      try (RemoteServer refusing = new RemoteServer(ServerName.BACKUP, settings, "127.0.0.1")) {
        assertThatThrownBy(() -> refusing.run(new Run(Invocation.of("true"))))
            .isInstanceOf(ServerUnreachable.class)
            .hasMessageContaining("backup does not let root in with the key " + stranger.key())
            .hasMessageContaining("authorized_keys");
      }
    }
  }

  @Test
  void aHostKeyThatChangedIsRefusedAndNothingIsRun() {
    sshd.restartWith(ShellServer.rsa());

    HostKeyRefused refused =
        catchThrowableOfType(
            HostKeyRefused.class,
            () ->
                server.run(new Run(Invocation.of("touch", folder.resolve("touched").toString()))));

    assertThat(refused.changed()).isTrue();
    assertThat(refused).hasMessageContainingAll("production", sshd.knownHosts().toString());
    assertThat(folder.resolve("touched")).doesNotExist();
  }

  @Test
  void anUnknownHostKeyIsRefused() {
    ShellServer.write(sshd.knownHosts(), "# nobody yet\n");

    HostKeyRefused refused =
        catchThrowableOfType(
            HostKeyRefused.class, () -> server.run(new Run(Invocation.of("true"))));

    assertThat(refused.changed()).isFalse();
    assertThat(refused).hasMessageContainingAll("ssh-keygen -lf", sshd.knownHosts().toString());
  }

  @Test
  void aKeyPinnedForAnotherPortDoesNotCount() {
    String pinned = readString(sshd.knownHosts()).replaceAll("]:\\d+", "]:1");
    ShellServer.write(sshd.knownHosts(), pinned);

    assertThatThrownBy(() -> server.run(new Run(Invocation.of("true"))))
        .isInstanceOf(HostKeyRefused.class);
  }

  @Test
  void aMalformedLineInKnownHostsIsNamed() {
    ShellServer.write(
        sshd.knownHosts(), readString(sshd.knownHosts()) + "\n\nbackup ssh-rsa not!base64\n");

    assertThatThrownBy(() -> server.run(new Run(Invocation.of("true"))))
        .isInstanceOf(HostKeyRefused.class)
        .hasMessageContaining("line 4 of " + sshd.knownHosts());
  }

  @Test
  void keysOfAKindThatIsNotSpokenMayStandInKnownHosts() {
    KeyPair rsa = ShellServer.rsa();
    KeyPair ecdsa = ShellServer.ecdsa();
    sshd.restartWith(ecdsa, rsa);
    sshd.pin(ecdsa, rsa);

    assertThat(server.run(new Run(Invocation.of("echo", "in")))).isEqualTo("in\n");
  }

  @Test
  void anInterruptedCallerGivesUpAndStaysInterrupted() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                server.run(new Run(Invocation.of("sleep", "50")));
              } catch (CancellationException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    await().atMost(5, TimeUnit.SECONDS).until(() -> sshd.connections() == 1);
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isNotNull();
  }

  @Test
  void aClosedServerRunsNothingMore() {
    server.close();

    assertThatThrownBy(() -> server.run(new Run(Invocation.of("true"))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsSentIsSentAtOnce() throws IOException {
    try (Socket socket = new NoDelaySockets().createSocket()) {
      assertThat(socket.getTcpNoDelay()).isTrue();
    }
  }

  private static String readString(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
