package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.load.Guestbook;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.LoadPlan;
import io.migrationmonkey.lab.stack.Addresses;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import io.migrationmonkey.lab.stack.Stack;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The stack that ./check has brought up, and what its tests ask of it again and again. The tests
 * share it and run in the order of their numbers; each leaves it as it found it, except that the
 * migration of one is where the next begins.
 */
public final class RunningStack {

  static final Duration MIGRATED = Duration.ofMinutes(6);
  public static final Duration SOON = Duration.ofSeconds(60);

  public final Stack stack = Stack.of(Addresses.of(System.getenv()));

  public static RunningStack ready() throws Exception {
    RunningStack running = new RunningStack();
    running.stack.awaitReady(Duration.ofSeconds(120));
    return running;
  }

  public Load load(Ledger ledger) {
    return Load.start(
        Addresses.HOST,
        stack.addresses().traffic(),
        LoadPlan.moderate(),
        ledger,
        Clock.systemUTC());
  }

  /** A ledger with a name that no other run of the tests has used. */
  public static Ledger ledger(String name) {
    return new Ledger(name + "-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
  }

  public List<String> texts(ServerName server) throws IOException {
    try (Guestbook direct =
        new Guestbook(
            Addresses.HOST, stack.addresses().application(server), Duration.ofSeconds(30))) {
      return direct.texts();
    }
  }

  /** Runs a line of shell on a server, as root. */
  public String shell(ServerName server, String line) throws Exception {
    return stack
        .containers()
        .execWithin(Duration.ofSeconds(120), server.toString(), "bash", "-ec", line)
        .strip();
  }

  /** Orders a migration that must be accepted, and returns its id. */
  String order(String json) throws IOException {
    Answer answer = stack.migrations().order(json);
    assertThat(answer.status()).as("%s", answer).isEqualTo(202);
    MigrationView view = answer.as(MigrationView.class);
    assertThat(answer.header("Location")).contains("/api/migrations/" + view.id());
    return view.id();
  }

  /** Waits for its end, by asking: it survives a restart of the migrator. */
  MigrationView ended(String id) throws Exception {
    return Patience.until(
        "migration %s to end".formatted(id),
        MIGRATED,
        () -> Optional.of(stack.migrations().one(id)).filter(MigrationView::ended));
  }

  /** Every line of a migration's journal. */
  List<String> journal(String id) throws IOException {
    List<String> lines = new ArrayList<>();
    stack
        .migrations()
        .follow(
            id,
            SOON,
            event -> lines.add("%s %s %s".formatted(event.step(), event.kind(), event.text())));
    return lines;
  }

  /** An answer that is a problem with that status, and says something. */
  static String problem(Answer answer, int status) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.header("Content-Type").orElse("none")).startsWith("application/problem+json");
    JsonNode problem = answer.as(JsonNode.class);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    String detail = problem.path("detail").asString();
    assertThat(detail).as("a detail that says something").hasSizeGreaterThan(15);
    return detail;
  }

  static void assertNoFailure(LoadFigures figures) {
    assertThat(figures.failed())
        .as("of %d requests; the first: %s", figures.total(), figures.firstFailures())
        .isZero();
    assertThat(figures.total()).isPositive();
  }
}
