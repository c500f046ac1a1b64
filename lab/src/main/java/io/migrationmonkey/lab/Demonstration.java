package io.migrationmonkey.lab;

import io.migrationmonkey.contract.MonitorReport;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.load.FailedRequest;
import io.migrationmonkey.lab.load.Guestbook;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.LoadPlan;
import io.migrationmonkey.lab.receipt.Evidence;
import io.migrationmonkey.lab.receipt.Expectation;
import io.migrationmonkey.lab.receipt.MigrationReceipt;
import io.migrationmonkey.lab.receipt.Promises;
import io.migrationmonkey.lab.receipt.Receipt;
import io.migrationmonkey.lab.receipt.ReceiptTable;
import io.migrationmonkey.lab.stack.Addresses;
import io.migrationmonkey.lab.stack.Command;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import io.migrationmonkey.lab.stack.Stack;
import io.migrationmonkey.lab.timeline.Timeline;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The demonstration, in order: the stack is up, production runs out of memory and its monitor
 * orders the migration, then a person orders the way back. Each under load, each verified by asking
 * the servers, not the services.
 */
final class Demonstration {

  private static final Duration READY = Duration.ofSeconds(90);
  private static final Duration ORDERED = Duration.ofMinutes(3);
  private static final Duration MIGRATED = Duration.ofMinutes(7);
  private static final Duration SETTLED = Duration.ofSeconds(5);
  private static final Duration GLANCE = Duration.ofMillis(500);
  private static final Duration DIRECT = Duration.ofSeconds(30);
  private static final int PACKAGES = 51;

  private final DemoSettings settings;
  private final PrintStream out;
  private final Clock clock;
  private final Stack stack;
  private final String run;
  private final List<MigrationReceipt> receipts = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private Ledger earlier;

  Demonstration(DemoSettings settings, PrintStream out, Clock clock) {
    this.settings = settings;
    this.out = out;
    this.clock = clock;
    this.stack = Stack.of(settings.addresses());
    this.run = Long.toString(clock.millis(), Character.MAX_RADIX);
    this.earlier = new Ledger(run + "-none");
  }

  /** What differs between the two migrations: how one comes to be ordered. */
  private interface Order {
    String place() throws IOException, InterruptedException;
  }

  /** Runs it all, writes the receipt whatever happens, and says whether every promise was kept. */
  boolean run() throws InterruptedException {
    try (Timeline timeline =
        Timeline.start(out, settings.colours(), clock, new MemoryColumn(stack))) {
      demonstrate(timeline);
    } catch (IOException | RuntimeException e) {
      broken.add("the demonstration broke off: " + e.getMessage());
      stopLeak();
    }
    return conclude();
  }

  private void demonstrate(Timeline timeline) throws IOException, InterruptedException {
    timeline.tell("", "waiting until everything answers");
    stack.awaitReady(READY);
    requireProductionActive();
    timeline.heading("1. Production runs out of memory");
    migrate(timeline, "monitor", ServerName.PRODUCTION, PACKAGES, () -> exhaust(timeline));
    timeline.heading("2. The way back, ordered by hand");
    migrate(timeline, "hand", ServerName.BACKUP, 0, () -> orderByHand(timeline));
  }

  private void requireProductionActive() throws IOException, InterruptedException {
    String value = stack.containers().switchValue();
    if (!value.equals("false")) {
      throw new IOException(
          ("the switch is '%s' and should be 'false', production active, to begin with;"
                  + " './demo down' and './demo' start over")
              .formatted(value));
    }
  }

  private void migrate(
      Timeline timeline, String trigger, ServerName from, int packages, Order order)
      throws IOException, InterruptedException {
    ServerName to = from.other();
    Expectation expected = new Expectation(trigger, from, packages, stack.epoch() + 1);
    int packagesBefore = stack.containers().packages(to);
    String bootIdBefore = stack.containers().bootId(from);
    Ledger ledger = new Ledger(run + "-" + from);
    MigrationView view;
    LoadFigures figures;
    try (Load load =
        Load.start(
            Addresses.HOST, settings.addresses().traffic(), LoadPlan.moderate(), ledger, clock)) {
      timeline.counts(load::figures);
      timeline.tell("", "readers and writers are using the guestbook");
      Patience.pause(Duration.ofSeconds(2));
      String id = order.place();
      timeline.tell("MIGRATION", "%s, ordered by: %s".formatted(id, trigger));
      view = follow(timeline, id);
      timeline.tell("", view.outcome() + "; the load goes on for a while");
      Patience.pause(SETTLED);
      timeline.mention("", "waiting for the last answers");
      figures = load.stop();
    }
    timeline.tell("", "verifying on the servers themselves");
    List<String> texts = texts(to);
    Evidence evidence =
        new Evidence(
            view,
            figures,
            ledger.verify(texts),
            earlier.verify(texts),
            stack.containers().packages(to) - packagesBefore,
            bootIdBefore,
            stack.containers().bootId(from),
            stack.containers().switchValue(),
            stack.epoch());
    earlier = ledger;
    conclude(timeline, expected, evidence);
  }

  private MigrationView follow(Timeline timeline, String id)
      throws IOException, InterruptedException {
    try {
      return new Follower(stack.migrations(), timeline).follow(id, MIGRATED);
    } catch (IOException e) {
      throw new IOException(
          "%s; the migrator's log: %s".formatted(e.getMessage(), stack.log("migrator")), e);
    }
  }

  private void conclude(Timeline timeline, Expectation expected, Evidence evidence)
      throws IOException, InterruptedException {
    receipts.add(evidence.receipt());
    List<String> brokenHere = Promises.broken(expected, evidence);
    for (String promise : brokenHere) {
      broken.add("%s → %s: %s".formatted(expected.from(), expected.from().other(), promise));
    }
    for (FailedRequest failure : evidence.load().firstFailures()) {
      timeline.note("  " + failure);
    }
    timeline.tell(
        "",
        brokenHere.isEmpty()
            ? "verified: %d acknowledged writes are there exactly once, answers came from %s"
                .formatted(evidence.writes().acknowledged(), evidence.load().answeredBy())
            : "%d promises broken, see below".formatted(brokenHere.size()));
    if (!evidence.view().succeeded()) {
      throw new IOException(
          "without a success there is nothing to go on from; the migrator's log: "
              + stack.log("migrator"));
    }
  }

  private List<String> texts(ServerName server) throws IOException {
    try (Guestbook direct =
        new Guestbook(Addresses.HOST, settings.addresses().application(server), DIRECT)) {
      return direct.texts();
    }
  }

  /** Lets the application leak until the monitor on production has ordered a migration. */
  private String exhaust(Timeline timeline) throws IOException, InterruptedException {
    Set<String> known =
        stack.migrations().all().stream().map(MigrationView::id).collect(Collectors.toSet());
    long end = System.nanoTime() + ORDERED.toNanos();
    int rate = 0;
    try (Guestbook guestbook =
        new Guestbook(Addresses.HOST, settings.addresses().traffic(), DIRECT)) {
      while (System.nanoTime() < end) {
        Optional<String> ordered = newMigration(known);
        if (ordered.isPresent()) {
          return ordered.get();
        }
        MonitorReport report = stack.memory().get(ServerName.PRODUCTION);
        if (report != null) {
          int next = LeakRate.next(report.usedRatio(), settings.usedRatio(), report.totalBytes());
          if (next != rate) {
            guestbook.leak(next);
          }
          timeline.mention("LEAK", leaking(next, report));
          if (rate == 0) {
            timeline.tell("LEAK", leaking(next, report));
          }
          rate = next;
        }
        Patience.pause(GLANCE);
      }
    }
    throw new IOException(
        ("waited %d s for the monitor on production to order a migration; its log: docker exec %s"
                + " journalctl -u migration-monkey-monitor")
            .formatted(ORDERED.toSeconds(), stack.containers().name("production")));
  }

  /** So that the stack that is left up doesn't run out of memory again. */
  private void stopLeak() {
    try (Guestbook guestbook =
        new Guestbook(Addresses.HOST, settings.addresses().traffic(), DIRECT)) {
      guestbook.leak(0);
    } catch (IOException e) {
      broken.add("the leak could not be switched off: " + e.getMessage());
    }
  }

  private String leaking(int rate, MonitorReport report) {
    return "the application on production leaks %d MB/s; %d of %d MB used, the monitor says: %s"
        .formatted(rate, report.usedBytes() >> 20, report.totalBytes() >> 20, report.reason());
  }

  private Optional<String> newMigration(Set<String> known) throws IOException {
    return stack.migrations().all().stream()
        .map(MigrationView::id)
        .filter(id -> !known.contains(id))
        .findFirst();
  }

  private String orderByHand(Timeline timeline) throws IOException, InterruptedException {
    String reason = Wire.write(Map.of("reason", "The memory leak is fixed: back to production"));
    Command curl =
        Command.of(
            "curl",
            "--silent",
            "--show-error",
            "--max-time",
            "30",
            "--header",
            "@" + stack.token().headerFile(),
            "--header",
            "Content-Type: application/json",
            "--data",
            reason,
            stack.migrations().url());
    timeline.note("$ " + curl);
    String answer = curl.within(Duration.ofSeconds(40)).run();
    JsonNode id = Wire.read(answer, JsonNode.class).path("id");
    if (!id.isString()) {
      throw new IOException("the migrator did not take the order: " + answer);
    }
    return id.asString();
  }

  private boolean conclude() {
    Receipt receipt = new Receipt(List.copyOf(receipts), broken.isEmpty() && receipts.size() == 2);
    out.println();
    if (!receipts.isEmpty()) {
      ReceiptTable.of(receipts).forEach(out::println);
      out.println();
    }
    broken.forEach(promise -> out.println("BROKEN: " + promise));
    try {
      receipt.write(settings.receipt());
      out.println(
          "%s The receipt as JSON: %s"
              .formatted(
                  receipt.ok() ? "Every promise was kept." : "Not every promise was kept.",
                  settings.receipt()));
    } catch (IOException e) {
      out.println("BROKEN: the receipt could not be written: " + e);
      return false;
    }
    return receipt.ok();
  }
}
