package io.migrationmonkey.migrator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.RealRedis;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Migrators as processes on a real Redis: one works, and when it is killed, who goes on. */
class TwoMigratorsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final List<Process> processes = new ArrayList<>();
  private RealRedis redis;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate template;

  @BeforeEach
  void start() {
    redis = RealRedis.started();
    connections = new LettuceConnectionFactory("127.0.0.1", redis.port());
    connections.start();
    template = new StringRedisTemplate(connections);
  }

  @AfterEach
  void stop() {
    processes.forEach(Process::destroyForcibly);
    connections.destroy();
    redis.close();
  }

  @Test
  void whenOneIsKilledTheOtherTakesOverOnceItsLeaseHasRunOutAndNotBefore() throws Exception {
    migrator("b", "b");
    await().atMost(SOON).until(() -> acts().contains("b ready"));
    Process a = migrator("a", "a", "m1");
    await().atMost(SOON).until(() -> acts().contains("a COPY_DATA"));
    a.destroyForcibly().waitFor();
    // Time stands still for the lease: nobody may act until it has run out.
    template.persist("migration:lease");
    Thread.sleep(3000);
    assertThat(acts()).filteredOn(act -> act.startsWith("b")).containsExactly("b ready");

    template.expire("migration:lease", Duration.ofMillis(1));

    await().atMost(SOON).until(this::ended);
    assertThat(acts())
        .filteredOn(act -> act.startsWith("b"))
        .containsExactly("b ready", "b stops copying", "b starts the source");
    assertThat(journal()).contains("\"ROLLED_BACK\"");
  }

  @Test
  void oneThatIsStartedAgainTakesItsOwnOldLeaseAtOnce() throws Exception {
    Process a = migrator("a", "a", "m1");
    await().atMost(SOON).until(() -> acts().contains("a COPY_DATA"));
    a.destroyForcibly().waitFor();
    template.persist("migration:lease");
    String old = template.opsForValue().get("migration:lease");

    migrator("again", "a");

    await().atMost(SOON).until(this::ended);
    assertThat(acts()).contains("again starts the source");
    assertThat(template.opsForValue().get("migration:lease")).isNotEqualTo(old);
  }

  @Test
  void oneWhoseLeaseIsTakenByAnotherLetsGoAtOnceAndTouchesNothing() throws Exception {
    migrator("a", "a", "m1");
    await().atMost(SOON).until(() -> acts().contains("a COPY_DATA"));

    template.opsForValue().increment("migration:token");
    template.opsForValue().set("migration:lease", "99 m1", Duration.ofMinutes(5));

    await().atMost(SOON).until(() -> acts().contains("a lets go"));
    Thread.sleep(1500);
    assertThat(acts()).doesNotContain("a starts the source", "a HOLD_TRAFFIC");
    assertThat(ended()).isFalse();
  }

  @Test
  void aStateDirectoryThatAnotherMigratorUsesIsRefused() throws Exception {
    migrator("a", "a");
    await().atMost(SOON).until(() -> acts().contains("a ready"));
    Process second = migrator("second", "a");
    assertThat(second.waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isNotZero();
    assertThat(Files.readString(directory.resolve("second.log"))).contains("each needs its own");
  }

  @Test
  void aMigratorWhoseRedisIsEmptiedRollsBackAndWritesItsJournalAnew() throws Exception {
    migrator("a", "a", "m1");
    await().atMost(SOON).until(() -> acts().contains("a COPY_DATA"));
    template.getRequiredConnectionFactory().getConnection().serverCommands().flushAll();
    await().atMost(SOON).until(() -> template.hasKey("migration:lease"));
    template.opsForValue().set("go", "1");

    await().atMost(SOON).until(this::ended);

    assertThat(acts()).contains("a starts the source").doesNotContain("a HOLD_TRAFFIC");
    assertThat(journal()).contains("ORDERED").contains("lost its data").contains("ROLLED_BACK");
    assertThat(template.hasKey("switch")).isFalse();
  }

  private Process migrator(String name, String state, String... order) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(state));
    // It has run before: an empty Redis is not a new one.
    if (!Files.exists(folder.resolve("switch-was-set"))) {
      Files.createFile(folder.resolve("switch-was-set"));
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                MigratorProcess.class.getName(),
                name,
                Integer.toString(redis.port()),
                folder.toString()));
    command.addAll(List.of(order));
    File log = directory.resolve(name + ".log").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    processes.add(process);
    return process;
  }

  private List<String> acts() {
    List<String> acts = template.opsForList().range(MigratorProcess.ACTS, 0, -1);
    return acts == null ? List.of() : acts;
  }

  private String journal() {
    return String.join("\n", template.opsForList().range("migration:m1:journal", 0, -1));
  }

  private boolean ended() {
    return !Boolean.TRUE.equals(template.opsForSet().isMember("migrations:unfinished", "m1"))
        && journal().contains("ENDED");
  }
}
