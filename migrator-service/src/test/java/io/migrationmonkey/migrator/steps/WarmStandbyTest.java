package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.ManualClock;
import io.migrationmonkey.contract.RealRedis;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.MigratorSettings;
import io.migrationmonkey.migrator.ServerSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.packages.PackageSettings;
import io.migrationmonkey.migrator.packages.PackageTransfer;
import io.migrationmonkey.migrator.parity.ParityDesk;
import io.migrationmonkey.migrator.parity.ParityReport;
import io.migrationmonkey.migrator.parity.WarmRun;
import io.migrationmonkey.migrator.parity.WarmRun.Outcome;
import io.migrationmonkey.migrator.parity.WarmSettings;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Run;
import io.migrationmonkey.migrator.ssh.ShellServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
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
 * Warm runs on a real Redis and over real SSH to this very machine, with steps that change nothing.
 */
@Timeout(120)
class WarmStandbyTest {

  private static final List<Step> WARM =
      List.of(Step.CHECK_SERVERS, Step.EXCHANGE_KEYS, Step.INSTALL_PACKAGES, Step.COPY_DATA);

  /** A run takes seconds, or a minute where others want the processor: it yields to them. */
  private static final Duration AT_IDLE_PRIORITY = Duration.ofMinutes(3);

  private static final String MOVED = "m20260101-020000-00ff";

  @TempDir Path folder;

  private final ManualClock clock = new ManualClock();
  private final List<Step> taken = new CopyOnWriteArrayList<>();
  private final Map<Step, Function<MigrationRun, String>> does = new ConcurrentHashMap<>();
  private final List<AnnotationConfigApplicationContext> migrators = new ArrayList<>();
  private RealRedis redis;
  private LettuceConnectionFactory connections;
  private ShellServer sshd;

  @BeforeEach
  void start() {
    redis = RealRedis.started();
    connections = new LettuceConnectionFactory("127.0.0.1", redis.port());
    connections.start();
    sshd = ShellServer.started(folder);
    letLocalhostIn();
  }

  @AfterEach
  void stop() {
    migrators.forEach(AnnotationConfigApplicationContext::close);
    connections.destroy();
    sshd.close();
    redis.close();
  }

  @Test
  void aRunTakesTheFirstFourStepsAtIdlePriorityAndIsNotRepeatedBeforeItIsDue() {
    List<Priority> priorities = new CopyOnWriteArrayList<>();
    does.put(
        Step.COPY_DATA,
        run -> {
          priorities.add(run.priority());
          return "all copied";
        });
    var migrator = migrator("5m");
    WarmRun run = awaitRun(migrator, 1);
    assertThat(run.outcome()).as(run.text()).isEqualTo(Outcome.COMPLETE);
    assertThat(run.text()).isEqualTo("all copied");
    assertThat(taken).containsExactlyElementsOf(WARM);
    assertThat(priorities).containsExactly(Priority.IDLE);
    awaitNoLease(migrator);
    ParityReport report = migrator.getBean(ParityDesk.class).report();
    assertThat(report.data().ageSeconds()).isZero();
    assertThat(report.read()).isNotNull();
    assertThat(report.warm().underWay()).isNull();

    clock.advance(Duration.ofMinutes(4));
    await().during(Duration.ofSeconds(1)).until(() -> taken.size() == 4);
    clock.advance(Duration.ofMinutes(1));
    await().atMost(AT_IDLE_PRIORITY).until(() -> taken.size() == 8);
  }

  @Test
  void afterAMoveTheOtherServerIsWarmedAtOnce() {
    List<ServerName> standbys = new CopyOnWriteArrayList<>();
    does.put(
        Step.EXCHANGE_KEYS,
        run -> {
          standbys.add(run.standby().name());
          return "";
        });
    var migrator = migrator("5m");
    awaitRun(migrator, 1);
    awaitNoLease(migrator);
    moved("true", "backup", "2", MOVED);
    clock.advance(Duration.ofSeconds(1));
    await().atMost(AT_IDLE_PRIORITY).until(() -> standbys.size() == 2);
    assertThat(standbys).containsExactly(ServerName.BACKUP, ServerName.PRODUCTION);
  }

  @Test
  void aSwitchThatAPersonMovedStopsItUntilItIsAskedFor() {
    var migrator = migrator("5m");
    awaitRun(migrator, 1);
    awaitNoLease(migrator);
    template().opsForValue().set("switch", "true");
    clock.advance(Duration.ofMinutes(6));
    await().during(Duration.ofSeconds(1)).until(() -> taken.size() == 4);
    assertThat(migrator.getBean(ParityDesk.class).report().warm().next()).contains("by hand");

    migrator.getBean(WarmStandby.class).order();
    await().atMost(AT_IDLE_PRIORITY).until(() -> taken.size() == 8);
    awaitNoLease(migrator);
    clock.advance(Duration.ofMinutes(6));
    await().atMost(AT_IDLE_PRIORITY).until(() -> taken.size() == 12);
  }

  @Test
  void aMigrationOfTheSameMigratorTakesOverAtOnceAndTheRunIsGoneWithinASecond() {
    installationLasts();
    var migrator = migrator("5m");
    preempt(migrator, migrator.getBean(Switchboard.class));
  }

  @Test
  void aMigrationOfAnotherMigratorTakesOverAtOnceAndTheRunIsGoneWithinASecond() {
    installationLasts();
    var migrator = migrator("5m");
    preempt(migrator, migrator("off").getBean(Switchboard.class));
  }

  @Test
  void twoMigratorsNeverWarmAtOnceNorOneAfterTheOther() {
    does.put(
        Step.COPY_DATA,
        run -> {
          run.source().run(new Run(Invocation.of("sleep", "2")));
          return "";
        });
    var one = migrator("5m");
    migrator("5m");
    awaitRun(one, 1);
    awaitNoLease(one);
    clock.advance(Duration.ofSeconds(2));
    await().during(Duration.ofSeconds(3)).until(() -> taken.size() == 4);
  }

  @Test
  void withoutALeaseThatCanBeConfirmedNoCommandIsSentAndTheOneThatRunsIsGivenUp() {
    Path trace = folder.resolve("trace");
    does.put(
        Step.COPY_DATA,
        run -> {
          try {
            run.source().run(new Run(Invocation.script("sleep 60")));
            return "slept";
          } catch (RuntimeException cut) {
            run.source().run(new Run(Invocation.script("echo late >\"$1\"", trace.toString())));
            return "acted";
          }
        });
    var migrator = migrator("5m");
    await().atMost(Duration.ofSeconds(10)).until(() -> taken.size() == 4);
    redis.stop();
    clock.advance(Duration.ofSeconds(4));
    await().atMost(Duration.ofSeconds(30)).until(() -> counted(migrator, Outcome.PREEMPTED) == 1);
    assertThat(trace).doesNotExist();
    redis.start();
  }

  @Test
  void aFailureIsToldAndTheNextRunsBackOff() {
    does.put(
        Step.EXCHANGE_KEYS,
        run -> {
          throw new StepFailed("no keys today");
        });
    var migrator = migrator("5m");
    WarmRun first = awaitRun(migrator, 1);
    assertThat(first.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(first.text()).isEqualTo("no keys today");
    assertThat(first.copiedAt()).isNull();
    assertThat(counted(migrator, Outcome.FAILED)).isEqualTo(1);
    awaitNoLease(migrator);
    clock.advance(Duration.ofMinutes(5));
    assertThat(awaitRun(migrator, 2).failures()).isEqualTo(2);
    awaitNoLease(migrator);
    clock.advance(Duration.ofMinutes(5));
    await().during(Duration.ofSeconds(1)).until(() -> counted(migrator, Outcome.FAILED) == 2);
    assertThat(migrator.getBean(ParityDesk.class).report().warm().last().text())
        .isEqualTo("no keys today");
  }

  @Test
  void aComplaintThatIsOnlyAboutNowDoesNotKeepTheStandbyFromBeingWarmed() {
    does.put(
        Step.CHECK_SERVERS,
        run -> {
          throw new StepFailed.NotNow("backup is out of memory itself");
        });
    does.put(Step.COPY_DATA, run -> "copied");
    WarmRun run = awaitRun(migrator("5m"), 1);
    assertThat(run.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(run.text()).isEqualTo("copied; backup is out of memory itself");
  }

  @Test
  void anyOtherComplaintDoes() {
    does.put(
        Step.CHECK_SERVERS,
        run -> {
          throw new StepFailed("what lies on backup is not ours");
        });
    WarmRun run = awaitRun(migrator("5m"), 1);
    assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(taken).containsExactly(Step.CHECK_SERVERS);
  }

  @Test
  void withoutThePackagesTheDataGoesOverAllTheSame() {
    does.put(
        Step.INSTALL_PACKAGES,
        run -> {
          throw new StepFailed("no repository offers it");
        });
    does.put(Step.COPY_DATA, run -> "copied");
    WarmRun run = awaitRun(migrator("5m"), 1);
    assertThat(run.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(run.text()).isEqualTo("copied; no repository offers it");
    assertThat(run.copiedAt()).isNotNull();
  }

  @Test
  void aServerThatCannotBeReachedIsAFailureAndNotMore() {
    var migrator = migrator("off");
    sshd.close();
    does.put(Step.CHECK_SERVERS, run -> run.standby().run(new Run(Invocation.of("true"))));
    migrator.getBean(WarmStandby.class).order();
    WarmRun run = awaitRun(migrator, 1);
    assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(run.text()).contains("backup refuses connections");
  }

  @Test
  void offMeansNeverByItselfAndAnOrderIsRefusedWhileAMigrationActs() {
    var migrator = migrator("off");
    clock.advance(Duration.ofHours(1));
    await().during(Duration.ofSeconds(1)).until(taken::isEmpty);
    Lease lease = migrator.getBean(Switchboard.class).lease(MOVED).orElseThrow();
    assertThatExceptionOfType(OrderRefused.class)
        .isThrownBy(() -> migrator.getBean(WarmStandby.class).order())
        .withMessageContaining("under way");
    assertThat(migrator.getBean(Switchboard.class).leased()).contains(lease);
  }

  private void installationLasts() {
    does.put(
        Step.INSTALL_PACKAGES, run -> run.standby().run(new Run(Invocation.of("sleep", "300"))));
  }

  private void preempt(AnnotationConfigApplicationContext migrator, Switchboard orders) {
    await().atMost(Duration.ofSeconds(10)).until(() -> taken.size() == 3);
    assertThat(migrator.getBean(ParityDesk.class).report().warm().underWay())
        .startsWith(Lease.WARM);

    long asked = System.nanoTime();
    Optional<Lease> lease = orders.lease(MOVED);
    Duration took = Duration.ofNanos(System.nanoTime() - asked);

    assertThat(lease).isPresent();
    assertThat(took).isLessThan(Duration.ofMillis(250));
    await()
        .atMost(Duration.ofSeconds(1).plus(took))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> counted(migrator, Outcome.PREEMPTED) == 1);
    assertThat(awaitRun(migrator, 0).text()).contains("gave way to a migration");
    assertThat(orders.leased()).isEqualTo(lease);
    assertThat(taken).doesNotContain(Step.COPY_DATA);
    clock.advance(Duration.ofHours(1));
    await().during(Duration.ofSeconds(1)).until(() -> taken.size() == 3);
  }

  private AnnotationConfigApplicationContext migrator(String every) {
    if (migrators.isEmpty()) {
      moved("false", "production", "1", "migrator");
    }
    var context = new AnnotationConfigApplicationContext();
    Path state = folder.resolve("state" + migrators.size());
    state.toFile().mkdir();
    context.registerBean(Clock.class, () -> clock);
    context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
    context.registerBean(StringRedisTemplate.class, this::template);
    context.registerBean(MigratorSettings.class, () -> new MigratorSettings(state));
    context.registerBean(SshSettings.class, sshd::settings);
    Duration minute = Duration.ofMinutes(1);
    DataSize megabyte = DataSize.ofMegabytes(1);
    context.registerBean(
        MigrationSettings.class,
        () ->
            new MigrationSettings(
                minute, minute, minute, 5, megabyte, minute, minute, minute, minute, minute,
                megabyte));
    context.registerBean(WarmSettings.class, () -> new WarmSettings(every));
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
                new ApplicationSettings.Health(80, "/health", null, Duration.ofSeconds(5)),
                null,
                null));
    context.registerBean(
        PackageTransfer.class,
        () -> new PackageTransfer(new PackageSettings(null, null, null, null), sshd.settings()));
    context.registerBean(
        DataSettings.class, () -> new DataSettings(List.of(), List.of(), DataSize.ofBytes(0)));
    for (Step step : WARM) {
      context.registerBean(step.name(), MigrationStep.class, () -> new Recorded(step));
    }
    context.registerBean(WarmStandby.class);
    context.scan(
        "io.migrationmonkey.migrator.parity",
        "io.migrationmonkey.migrator.journal",
        "io.migrationmonkey.migrator.switching");
    context.refresh();
    migrators.add(context);
    return context;
  }

  private WarmRun awaitRun(AnnotationConfigApplicationContext migrator, int failures) {
    return await()
        .atMost(AT_IDLE_PRIORITY)
        .until(
            () -> migrator.getBean(ParityDesk.class).report().warm().last(),
            run -> run != null && (run.failures() == 0 || run.failures() >= failures));
  }

  private static void awaitNoLease(AnnotationConfigApplicationContext migrator) {
    await()
        .atMost(AT_IDLE_PRIORITY)
        .until(() -> migrator.getBean(Switchboard.class).leased().isEmpty());
  }

  private static double counted(AnnotationConfigApplicationContext migrator, Outcome outcome) {
    return migrator
        .getBean(MeterRegistry.class)
        .counter("monkey.warm.runs", "outcome", outcome.toString())
        .count();
  }

  private StringRedisTemplate template() {
    return new StringRedisTemplate(connections);
  }

  private void moved(String value, String active, String epoch, String by) {
    template()
        .<String, String>opsForHash()
        .putAll(
            "switch:record",
            Map.of(
                "active", active,
                "epoch", epoch,
                "by", by,
                "reason", "",
                "at", clock.instant().toString()));
    template().opsForValue().set("switch", value);
  }

  private void letLocalhostIn() {
    try {
      Path knownHosts = sshd.settings().knownHosts();
      Files.writeString(
          knownHosts,
          Files.readString(knownHosts).replace("127.0.0.1", "localhost"),
          StandardOpenOption.APPEND);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A step that remembers that it was taken. */
  private final class Recorded implements MigrationStep {

    private final Step step;

    Recorded(Step step) {
      this.step = step;
    }

    @Override
    public Step step() {
      return step;
    }

    @Override
    public StepReport run(MigrationRun run) {
      taken.add(step);
      return new StepReport(does.getOrDefault(step, r -> "").apply(run));
    }
  }
}
