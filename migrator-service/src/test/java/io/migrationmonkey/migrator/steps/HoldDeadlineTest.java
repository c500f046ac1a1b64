package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.SwitchState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class HoldDeadlineTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock();
  private final HoldDeadline deadline =
      new HoldDeadline(
          clock,
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
              DataSize.ofMegabytes(16)));
  private MigrationRun run;

  @BeforeEach
  void aRun(@TempDir Path folder) throws Exception {
    SshSettings ssh =
        new SshSettings(
            "root",
            22,
            Files.writeString(folder.resolve("key"), "x"),
            Files.createFile(folder.resolve("known_hosts")),
            Duration.ofSeconds(1));
    run =
        new MigrationRun(
            new Lease(1, "m1"),
            new SwitchState(ServerName.PRODUCTION, 1, ""),
            "why",
            new RemoteServer(ServerName.PRODUCTION, ssh, "a"),
            new RemoteServer(ServerName.BACKUP, ssh, "b"),
            Map.of(),
            text -> {});
  }

  @Test
  void aStepUnderTheHoldMayTakeWhatIsLeftLessTheTimeToRollBack() {
    deadline.begins(run);
    assertThat(deadline.left(run)).isEqualTo(Duration.ofSeconds(50));
    clock.advance(Duration.ofSeconds(49));
    assertThat(deadline.left(run)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aStepThatWouldOutlastTheHoldFailsBeforeItRunsOut() {
    deadline.begins(run);
    clock.advance(Duration.ofSeconds(50));
    assertThatExceptionOfType(StepFailed.class)
        .isThrownBy(() -> deadline.left(run))
        .withMessageContaining("hold-timeout");
  }

  @Test
  void withoutAHoldNoStepMayRunUnderIt() {
    assertThatExceptionOfType(StepFailed.class).isThrownBy(() -> deadline.left(run));
  }
}
