package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.ServerUnreachable;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** A source whose sshd is away while the application there may serve all the same. */
class RemoteRescueTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final MigrationSettings settings =
      new MigrationSettings(
          MINUTE,
          MINUTE,
          MINUTE,
          5,
          DataSize.ofMegabytes(1),
          MINUTE,
          MINUTE,
          MINUTE,
          MINUTE,
          MINUTE,
          DataSize.ofMegabytes(16));

  private final ManualClock clock = new ManualClock();

  private final Waiting once =
      new Waiting() {
        @Override
        <T> Optional<T> until(Duration atMost, Duration every, Supplier<Optional<T>> question) {
          return question.get();
        }
      };

  /** Asks as often as there is time for, and takes none for it. */
  private final Waiting waiting =
      new Waiting() {
        @Override
        <T> Optional<T> until(Duration atMost, Duration every, Supplier<Optional<T>> question) {
          Optional<T> answer = question.get();
          for (Duration at = every; answer.isEmpty() && at.compareTo(atMost) <= 0; ) {
            asked++;
            answer = question.get();
            at = at.plus(every);
          }
          return answer;
        }
      };

  private int asked;
  private HttpServer application;
  private RemoteRescue rescue;
  private MigrationRun run;

  @BeforeEach
  void anApplicationWithoutSshd(@TempDir Path folder) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    application = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    application.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    application.start();
    ApplicationSettings declared =
        new ApplicationSettings(
            "shop",
            List.of("shop.service"),
            List.of(),
            new ApplicationSettings.Health(
                application.getAddress().getPort(), "/", null, Duration.ofSeconds(1)),
            null,
            null);
    SshSettings ssh =
        new SshSettings(
            "root",
            unusedPort(),
            Files.writeString(folder.resolve("key"), "x"),
            Files.createFile(folder.resolve("known_hosts")),
            Duration.ofSeconds(1));
    rescue =
        new RemoteRescue(
            declared,
            null,
            null,
            new HealthProbe(declared, once),
            new HoldDeadline(clock, settings),
            waiting,
            settings);
    run =
        new MigrationRun(
            new Lease(1, "m1"),
            new SwitchState(ServerName.PRODUCTION, 1, ""),
            "why",
            new RemoteServer(ServerName.PRODUCTION, ssh, "127.0.0.1"),
            new RemoteServer(ServerName.BACKUP, ssh, "127.0.0.1"),
            Map.of(),
            text -> {});
  }

  @AfterEach
  void stop() {
    application.stop(0);
  }

  @Test
  void anApplicationThatNobodyStoppedAndThatServesNeedsNobodyToLogIn() {
    run.begin(Step.COPY_DATA);
    assertThatCode(() -> rescue.startOnSource(run)).doesNotThrowAnyException();
  }

  @Test
  void anApplicationThatNobodyStoppedAndThatIsAwayIsSaidToBe() {
    run.begin(Step.COPY_DATA);
    application.stop(0);
    assertThatExceptionOfType(StepFailed.class)
        .isThrownBy(() -> rescue.startOnSource(run))
        .withMessageContaining("does not answer");
  }

  @Test
  void anApplicationThatWasStoppedMustBeStartedByLoggingIn() {
    run.begin(Step.STOP_APPLICATION);
    assertThatExceptionOfType(ServerUnreachable.class).isThrownBy(() -> rescue.startOnSource(run));
  }

  @Test
  void aStandbyThatStillAnswersIsTriedAgainBeforeTheSourceStarts() {
    run.begin(Step.START_APPLICATION);
    assertThat(rescue.stopOnStandby(run)).isFalse();
    assertThat(asked).isEqualTo(25);
  }

  @Test
  void theHoldLimitsHowLongThatIs() {
    new HoldDeadline(clock, settings).begins(run);
    run.begin(Step.START_APPLICATION);
    clock.advance(Duration.ofSeconds(40));
    assertThat(rescue.stopOnStandby(run)).isFalse();
    assertThat(asked).isEqualTo(10);
  }

  @Test
  void aStandbyThatIsSilentIsNotWaitedForLong() {
    run.begin(Step.START_APPLICATION);
    application.stop(0);
    assertThat(rescue.stopOnStandby(run)).isFalse();
    assertThat(asked).isEqualTo(4);
  }

  @Test
  void aStandbyOnWhichNothingWasStartedIsNotWaitedForAtAll() {
    run.begin(Step.COPY_DATA);
    assertThat(rescue.stopOnStandby(run)).isFalse();
    assertThat(asked).isZero();
  }

  private static int unusedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
