package io.migrationmonkey.lab.receipt;

import io.migrationmonkey.lab.load.Verification;
import java.util.ArrayList;
import java.util.List;

/** What Migration Monkey promises of each migration, held against the evidence. */
public final class Promises {

  /** The twelve steps in their order. */
  public static final List<String> STEPS =
      List.of(
          "CHECK_SERVERS",
          "EXCHANGE_KEYS",
          "INSTALL_PACKAGES",
          "COPY_DATA",
          "HOLD_TRAFFIC",
          "STOP_APPLICATION",
          "COPY_LAST_CHANGES",
          "START_APPLICATION",
          "PROVE_STANDBY",
          "SWITCH_TRAFFIC",
          "REBOOT_SOURCE",
          "READMIT_SOURCE");

  private final List<String> broken = new ArrayList<>();

  private Promises() {}

  /** A sentence for each broken promise; empty when all were kept. */
  public static List<String> broken(Expectation expected, Evidence evidence) {
    Promises promises = new Promises();
    promises.migration(expected, evidence);
    promises.users(expected, evidence);
    promises.writes("", evidence.writes());
    promises.writes("written before this migration: ", evidence.earlierWrites());
    promises.servers(expected, evidence);
    return List.copyOf(promises.broken);
  }

  private void migration(Expectation expected, Evidence evidence) {
    var view = evidence.view();
    var receipt = evidence.receipt();
    keep(view.succeeded(), "the migration ended " + view.outcome());
    equal("who ordered it", expected.trigger(), receipt.trigger());
    equal("the server to leave", expected.from().toString(), receipt.from());
    equal("the server that took over", expected.to(), receipt.to());
    List<String> steps = receipt.steps().stream().map(MigrationReceipt.Step::name).toList();
    keep(steps.equals(STEPS), "the steps were not the twelve in order, but " + steps);
  }

  private void users(Expectation expected, Evidence evidence) {
    var load = evidence.load();
    keep(load.failed() == 0, "%d of %d requests failed".formatted(load.failed(), load.total()));
    keep(
        load.answeredBy().getOrDefault(expected.to(), 0L) > 0,
        "no request was answered by %s: answers came from %s"
            .formatted(expected.to(), load.answeredBy()));
    keep(evidence.writes().acknowledged() > 0, "no write was acknowledged: nothing was shown");
  }

  private void writes(String which, Verification writes) {
    keep(
        writes.missing().isEmpty(),
        "%s%d of %d acknowledged writes are missing: %s"
            .formatted(
                which, writes.missing().size(), writes.acknowledged(), some(writes.missing())));
    keep(
        writes.duplicated().isEmpty(),
        "%s%d writes are there more than once: %s"
            .formatted(which, writes.duplicated().size(), some(writes.duplicated())));
  }

  private void servers(Expectation expected, Evidence evidence) {
    keep(
        evidence.packagesInstalled() >= expected.packages(),
        "%d packages were installed on %s and should be at least %d"
            .formatted(evidence.packagesInstalled(), expected.to(), expected.packages()));
    keep(
        !evidence.bootIdBefore().equals(evidence.bootIdAfter()),
        "%s was not rebooted: its boot id still is %s"
            .formatted(expected.from(), evidence.bootIdAfter()));
    equal("the switch", expected.switchValue(), evidence.switchValue());
    equal("the epoch", Long.toString(expected.epoch()), Long.toString(evidence.epoch()));
  }

  private void equal(String what, String expected, String actual) {
    keep(
        actual.equals(expected), "%s is '%s' and should be '%s'".formatted(what, actual, expected));
  }

  private void keep(boolean kept, String sentence) {
    if (!kept) {
      broken.add(sentence);
    }
  }

  private static String some(List<String> all) {
    List<String> first = all.stream().limit(5).toList();
    return String.join(", ", first) + (all.size() > first.size() ? ", …" : "");
  }
}
