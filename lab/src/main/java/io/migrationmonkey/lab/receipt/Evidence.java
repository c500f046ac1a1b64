package io.migrationmonkey.lab.receipt;

import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.Verification;
import io.migrationmonkey.lab.stack.MigrationView;
import org.jspecify.annotations.Nullable;

/**
 * Everything found out about one migration, each figure where it was measured.
 *
 * @param view what the migrator says
 * @param load what the users saw
 * @param writes this migration's writes, looked for on the server that took over
 * @param earlierWrites the writes before this migration, looked for there too
 * @param packagesInstalled by dpkg, after less before
 * @param switchValue by redis-cli
 * @param epoch of the switch record, in Redis
 */
public record Evidence(
    MigrationView view,
    LoadFigures load,
    Verification writes,
    Verification earlierWrites,
    int packagesInstalled,
    String bootIdBefore,
    String bootIdAfter,
    String switchValue,
    long epoch) {

  public MigrationReceipt receipt() {
    return new MigrationReceipt(
        text(view.trigger()),
        text(view.from()),
        text(view.to()),
        new MigrationReceipt.Requests(
            load.total(),
            load.failed(),
            view.requestsHeld() == null ? 0 : view.requestsHeld(),
            load.longestStall().toMillis()),
        new MigrationReceipt.Writes(
            writes.acknowledged(), writes.found(), writes.duplicated().size()),
        packagesInstalled,
        view.bytesCopied() == null ? 0 : view.bytesCopied(),
        view.stepsSoFar().stream()
            .map(step -> new MigrationReceipt.Step(step.name(), step.ms() == null ? 0 : step.ms()))
            .toList(),
        bootIdBefore,
        bootIdAfter,
        switchValue,
        epoch);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
