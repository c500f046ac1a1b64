package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.stack.Addresses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command line, bin/monkey, as a person or a script uses it. */
@Order(8)
class MonkeyStackIT {

  private static final Path MONKEY = Path.of("..", "bin", "monkey");

  @TempDir static Path folder;

  private static RunningStack running;
  private static Path operating;
  private static Path viewing;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
    operating = token("operating");
    viewing = token("viewing");
  }

  @Test
  @Order(1)
  void itSaysWhichServerIsActiveAndThatTheApplicationIsWellThere() throws Exception {
    Said said = monkey(viewing, "status");
    assertThat(said.code).as(said.text).isZero();
    String active = active().toString();
    assertThat(said.text)
        .containsPattern("(?m)^%s +active +application well".formatted(active))
        .containsPattern("(?m)^%s +standby +application off".formatted(active().other()))
        .contains("goes to " + active);
    assertThat(monkey(viewing, "status", "--json").json().path("switch").path("active").asString())
        .isEqualTo(active);
  }

  @Test
  @Order(2)
  void aDryRunIsWatchedToItsEndAndFoundInTheHistory() throws Exception {
    Said said = monkey(operating, "dry-run", "--reason", "by the command line", "--json");
    assertThat(said.code).as(said.text).isZero();
    List<JsonNode> documents =
        said.text.lines().map(line -> Wire.read(line, JsonNode.class)).toList();
    assertThat(documents)
        .first()
        .satisfies(line -> assertThat(line.path("kind").asString()).isEqualTo("ORDERED"));
    JsonNode receipt = documents.getLast();
    assertThat(receipt.path("state").asString()).isEqualTo("DRY_RUN_DONE");
    assertThat(monkey(viewing, "history", "--limit", "1").text)
        .contains(receipt.path("id").asString())
        .contains("by the command line");
  }

  @Test
  @Order(3)
  void aTokenForViewingLooksAndDoesNothingElse() throws Exception {
    Said said = monkey(viewing, "migrate", "--reason", "try");
    assertThat(said.code).as(said.text).isEqualTo(4);
    assertThat(said.text).contains("token for operating");
    assertThat(monkey(viewing, "parity").code).isLessThanOrEqualTo(1);
  }

  @Test
  @Order(4)
  void aPauseStandsUntilItIsEnded() throws Exception {
    assertThat(monkey(operating, "pause", "--reason", "a test", "--by", "ann").code).isZero();
    try {
      assertThat(monkey(viewing, "status").text).containsPattern("PAUSED.*by ann: a test");
    } finally {
      assertThat(monkey(operating, "resume").code).isZero();
    }
    assertThat(monkey(viewing, "status").text).doesNotContain("PAUSED");
  }

  @Test
  @Order(5)
  void aMigrationThatIsAbortedIsANoAndTheSameServerServes() throws Exception {
    ServerName before = active();
    Said ordered = monkey(operating, "migrate", "--reason", "to be aborted", "--no-wait", "--json");
    assertThat(ordered.code).as(ordered.text).isZero();
    Said aborted = monkey(operating, "abort", "--reason", "wrong night");
    assertThat(aborted.code).as(aborted.text).isZero();
    Said watched = monkey(viewing, "watch", ordered.json().path("id").asString());
    assertThat(watched.code).as(watched.text).isEqualTo(1);
    assertThat(watched.text).contains("ABORTED").contains("wrong night");
    assertThat(active()).isEqualTo(before);
    Said late = monkey(operating, "abort", "--reason", "once more");
    assertThat(late.code).isEqualTo(5);
    assertThat(late.text).contains("no migration runs");
  }

  @Test
  @Order(6)
  void aMigrationIsWatchedLiveUntilTheOtherServerServes() throws Exception {
    ServerName before = active();
    Said said = monkey(operating, "migrate", "--reason", "by the command line", "--force");
    assertThat(said.code).as(said.text).isZero();
    assertThat(said.text)
        .containsPattern("SWITCH_TRAFFIC +done")
        .containsPattern("READMIT_SOURCE +done")
        .contains("SUCCEEDED")
        .contains("longest stall");
    assertThat(active()).isEqualTo(before.other());
  }

  private static ServerName active() throws Exception {
    return running.stack.containers().switchValue().equals("true")
        ? ServerName.BACKUP
        : ServerName.PRODUCTION;
  }

  private static Path token(String role) throws Exception {
    String token =
        running
            .stack
            .containers()
            .exec("migrator", "cat", "/etc/migration-monkey/token." + role)
            .strip();
    Path file = folder.resolve(role);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, token);
  }

  /** How it ended, and all that it said. */
  private record Said(int code, String text) {
    JsonNode json() {
      return Wire.read(text, JsonNode.class);
    }
  }

  private static Said monkey(Path token, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3", MONKEY.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("MONKEY_TOKEN");
    builder.environment().put("MONKEY_TOKEN_FILE", token.toString());
    builder
        .environment()
        .put(
            "MONKEY_URL",
            "http://%s:%d".formatted(Addresses.HOST, running.stack.addresses().migrator()));
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), text);
  }
}
