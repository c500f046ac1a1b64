package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.Event;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.MigratorSettings;
import io.migrationmonkey.migrator.ServerSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.journal.Events;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.packages.PackageSettings;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import io.migrationmonkey.migrator.parity.WarmSettings;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.restarts.Reboot;
import io.migrationmonkey.migrator.restarts.RebootSettings;
import io.migrationmonkey.migrator.ssh.ShellServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.util.unit.DataSize;

/**
 * Reboots on a real Redis and over real SSH to this very machine, with steps that change nothing.
 */
@Timeout(120)
class RebootsTest {

  @TempDir Path folder;

  private final ManualClock clock = new ManualClock();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayBoot = new CountDownLatch(1);
  private volatile boolean comesBack = true;
  private RealRedis redis;
  private LettuceConnectionFactory connections;
  private ShellServer sshd;
  private Path healthy;
  private AnnotationConfigApplicationContext migrator;
  private Reboots reboots;

  @BeforeEach
  void start() throws Exception {
    redis = RealRedis.started();
    connections = new LettuceConnectionFactory("127.0.0.1", redis.port());
    connections.start();
    sshd = ShellServer.started(folder);
    Path knownHosts = sshd.settings().knownHosts();
    Files.writeString(
        knownHosts,
        Files.readString(knownHosts).replace("127.0.0.1", "localhost"),
        StandardOpenOption.APPEND);
    healthy = Files.createFile(folder.resolve("healthy"));
    template()
        .<String, String>opsForHash()
        .putAll(
            "switch:record",
            Map.of(
                "active", "production",
                "epoch", "1",
                "by", "migrator",
                "reason", "",
                "at", clock.instant().toString()));
    template().opsForValue().set("switch", "false");
    migrator = migrator();
    reboots = migrator.getBean(Reboots.class);
  }

  @AfterEach
  void stop() {
    mayBoot.countDown();
    migrator.close();
    connections.destroy();
    sshd.close();
    redis.close();
  }

  @Test
  void aStandbyIsRebootedAtOnceUnderALeaseAndReadmitted() {
    Reboot ordered = reboots.order(ServerName.BACKUP, "new kernel", "ann");
    assertThat(ordered.state()).isEqualTo(Reboot.State.RUNNING);
    assertThat(ordered.bootIdBefore()).matches("[0-9a-f-]{36}");
    assertThat(migrator.getBean(Switchboard.class).leased().orElseThrow().migration())
        .isEqualTo("reboot-backup");
    assertThatThrownBy(() -> reboots.order(ServerName.BACKUP, "again", null))
        .isInstanceOf(OrderRefused.class)
        .hasMessageContaining("reboot-backup is under way");
    assertThatThrownBy(() -> reboots.order(ServerName.PRODUCTION, "both", null))
        .as("never both at a time")
        .isInstanceOf(OrderRefused.class)
        .hasMessageContaining("reboot-backup is under way");
    mayBoot.countDown();
    Reboot ended = awaitEnd(ServerName.BACKUP);
    assertThat(ended.state()).as("%s", ended).isEqualTo(Reboot.State.SUCCEEDED);
    assertThat(ended.bootIdAfter()).isEqualTo("new-boot");
    assertThat(taken).containsExactly("REBOOT_SOURCE backup", "READMIT_SOURCE backup");
    assertThat(events()).containsExactly(Event.What.REBOOTED, Event.What.REBOOT_ORDERED);
    awaitNoLease();
  }

  @Test
  void aStandbyIsNotRebootedWhileTheActiveServerIsNotWell() throws Exception {
    Files.delete(healthy);
    assertThatThrownBy(() -> reboots.order(ServerName.BACKUP, "new kernel", null))
        .isInstanceOf(OrderRefused.class)
        .hasMessageContaining("backup may be needed, because production is not well");
    assertThat(taken).isEmpty();
    awaitNoLease();
  }

  @Test
  void aServerThatDoesNotComeBackIsSaidToBeMissing() {
    comesBack = false;
    mayBoot.countDown();
    reboots.order(ServerName.BACKUP, "new kernel", "ann");
    Reboot ended = awaitEnd(ServerName.BACKUP);
    assertThat(ended.state()).isEqualTo(Reboot.State.FAILED);
    assertThat(ended.problem()).isEqualTo("it is not back");
    assertThat(events()).containsExactly(Event.What.REBOOT_FAILED, Event.What.REBOOT_ORDERED);
  }

  @Test
  void anActiveServerIsLeftByAMigrationThatRebootsIt() {
    mayBoot.countDown();
    Reboot ordered = reboots.order(ServerName.PRODUCTION, "new kernel", "ann");
    assertThat(ordered.id()).startsWith("m");
    await().atMost(Duration.ofSeconds(20)).until(() -> taken.contains("READMIT_SOURCE production"));
    assertThat(taken).contains("CHECK_SERVERS production", "REBOOT_SOURCE production");
    Reboot ended = awaitEnd(ServerName.PRODUCTION);
    assertThat(ended.state()).as("%s", ended).isEqualTo(Reboot.State.SUCCEEDED);
    assertThat(ended.bootIdAfter()).isEqualTo("new-boot");
    await().atMost(Duration.ofSeconds(10)).until(() -> events().contains(Event.What.REBOOTED));
  }

  @Test
  void oneWhoseMigratorDiedIsTakenUpByTheNext() {
    reboots.order(ServerName.BACKUP, "new kernel", "ann");
    await().atMost(Duration.ofSeconds(10)).until(() -> !taken.isEmpty());
    migrator.close();
    migrator = migrator();
    mayBoot.countDown();
    reboots = migrator.getBean(Reboots.class);
    Reboot ended = awaitEnd(ServerName.BACKUP);
    assertThat(ended.state()).as("%s", ended).isEqualTo(Reboot.State.SUCCEEDED);
    assertThat(taken).contains("READMIT_SOURCE backup");
  }

  private Reboot awaitEnd(ServerName server) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> reboots.latest(server).orElseThrow(),
            reboot -> reboot.state() != Reboot.State.RUNNING);
  }

  private void awaitNoLease() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> migrator.getBean(Switchboard.class).leased().isEmpty());
  }

  private List<Event.What> events() {
    return migrator.getBean(Events.class).latest(10).stream().map(Event::what).toList();
  }

  private StringRedisTemplate template() {
    return new StringRedisTemplate(connections);
  }

  private AnnotationConfigApplicationContext migrator() {
    var context = new AnnotationConfigApplicationContext();
    Path state = folder.resolve("state");
    state.toFile().mkdir();
    Duration minute = Duration.ofMinutes(1);
    DataSize megabyte = DataSize.ofMegabytes(1);
    context.registerBean(Clock.class, () -> clock);
    context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
    context.registerBean(StringRedisTemplate.class, this::template);
    context.registerBean(MigratorSettings.class, () -> new MigratorSettings(state));
    context.registerBean(SshSettings.class, sshd::settings);
    context.registerBean(
        MigrationSettings.class,
        () ->
            new MigrationSettings(
                minute, minute, minute, 5, megabyte, minute, minute, minute, minute, minute,
                megabyte));
    context.registerBean(WarmSettings.class, () -> new WarmSettings("off"));
    context.registerBean(
        RebootSettings.class, () -> new RebootSettings(false, null, "02:00", "04:00", "UTC"));
    context.registerBean(
        ServerSettings.class,
        () ->
            new ServerSettings(
                new ServerSettings.Server("127.0.0.1"), new ServerSettings.Server("localhost")));
    context.registerBean(
        ApplicationSettings.class,
        () ->
            new ApplicationSettings(
                "book",
                List.of("monkey-test.service"),
                List.of(),
                new ApplicationSettings.Health(
                    null, null, List.of("test", "-e", healthy.toString()), Duration.ofSeconds(5)),
                null,
                null));
    context.registerBean(
        PackageTransfer.class,
        () -> new PackageTransfer(new PackageSettings(null, null, null, null), sshd.settings()));
    context.registerBean(
        DataSettings.class, () -> new DataSettings(List.of(), List.of(), DataSize.ofBytes(0)));
    context.registerBean(DryRun.class, () -> new DryRun(null, null));
    for (Step step : Step.values()) {
      context.registerBean(step.name(), MigrationStep.class, () -> new Noted(step));
    }
    context.register(
        Waiting.class,
        Servers.class,
        HealthProbe.class,
        RemoteRescue.class,
        RollBack.class,
        Migration.class,
        Runner.class,
        Conductor.class,
        Reboots.class);
    context.scan(
        "io.migrationmonkey.migrator.parity",
        "io.migrationmonkey.migrator.restarts",
        "io.migrationmonkey.migrator.journal",
        "io.migrationmonkey.migrator.switching");
    context.refresh();
    return context;
  }

  /** A step that remembers for which server it was taken; a reboot lasts until it may end. */
  private final class Noted implements MigrationStep {

    private final Step step;

    Noted(Step step) {
      this.step = step;
    }

    @Override
    public Step step() {
      return step;
    }

    @Override
    public StepReport run(MigrationRun run) {
      taken.add("%s %s".formatted(step, run.source().name()));
      if (step == Step.CHECK_SERVERS) {
        return new StepReport("alike", Map.of(Fact.BOOT_ID_BEFORE, "old-boot"));
      }
      if (step == Step.SWITCH_TRAFFIC) {
        migrator.getBean(Switchboard.class).flip(run.lease(), run.seen(), "moved", false);
      }
      if (step == Step.REBOOT_SOURCE) {
        try {
          assertThat(mayBoot.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopping) {
          throw new StepFailed("the migrator is stopping");
        }
        if (!comesBack) {
          throw new StepFailed("it is not back");
        }
        return new StepReport("booted", Map.of(Fact.BOOT_ID_AFTER, "new-boot"));
      }
      return new StepReport("done");
    }
  }
}
