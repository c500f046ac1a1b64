package io.migrationmonkey.lab.receipt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The receipt for people: a column a migration. */
public final class ReceiptTable {

  private static final int LABEL = 28;
  private static final int COLUMN = 24;

  private final List<MigrationReceipt> migrations;
  private final List<String> lines = new ArrayList<>();

  private ReceiptTable(List<MigrationReceipt> migrations) {
    this.migrations = migrations;
  }

  public static List<String> of(List<MigrationReceipt> migrations) {
    ReceiptTable table = new ReceiptTable(migrations);
    table.fill();
    return List.copyOf(table.lines);
  }

  private void fill() {
    row("", one -> one.from() + " → " + one.to());
    row("ordered by", MigrationReceipt::trigger);
    row("requests", one -> number(one.requests().total()));
    row("  failed", one -> number(one.requests().failed()));
    row("  held at the gate", one -> number(one.requests().held()));
    row("  longest stall", one -> seconds(one.requests().longestStallMs()));
    row("writes acknowledged", one -> number(one.writes().acknowledged()));
    row("  found afterwards", one -> number(one.writes().found()));
    row("  found more than once", one -> number(one.writes().duplicated()));
    row("packages installed", one -> number(one.packagesInstalled()));
    row("copied", one -> "%.1f MB".formatted(one.bytesCopied() / 1e6));
    row("boot id before", one -> start(one.bootIdBefore()));
    row("boot id after", one -> start(one.bootIdAfter()));
    row("switch", MigrationReceipt::switchValue);
    row("epoch", one -> number(one.epoch()));
    for (String step : steps()) {
      row(step, one -> time(one, step));
    }
    row(
        "all steps",
        one -> seconds(one.steps().stream().mapToLong(MigrationReceipt.Step::ms).sum()));
  }

  private List<String> steps() {
    return migrations.stream()
        .flatMap(one -> one.steps().stream())
        .map(MigrationReceipt.Step::name)
        .distinct()
        .toList();
  }

  private static String time(MigrationReceipt one, String step) {
    return one.steps().stream()
        .filter(each -> each.name().equals(step))
        .findFirst()
        .map(each -> seconds(each.ms()))
        .orElse("-");
  }

  private void row(String label, Function<MigrationReceipt, String> value) {
    StringBuilder line = new StringBuilder(("%-" + LABEL + "s").formatted(label));
    for (MigrationReceipt one : migrations) {
      line.append(("%" + COLUMN + "s").formatted(value.apply(one)));
    }
    lines.add(line.toString());
  }

  private static String number(long value) {
    return "%,d".formatted(value);
  }

  private static String seconds(long ms) {
    return "%.1f s".formatted(ms / 1000.0);
  }

  private static String start(String bootId) {
    return bootId.length() > 18 ? bootId.substring(0, 18) + "…" : bootId;
  }
}
