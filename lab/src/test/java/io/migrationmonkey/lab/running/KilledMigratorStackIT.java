package io.migrationmonkey.lab.running;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.load.Ledger;
import io.migrationmonkey.lab.load.Load;
import io.migrationmonkey.lab.load.LoadFigures;
import io.migrationmonkey.lab.load.Verification;
import io.migrationmonkey.lab.stack.Containers;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Patience;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The migrator is killed while it copies: production serves on, the journal says what happened, and
 * the next migration is as good as the first.
 */
@Order(5)
class KilledMigratorStackIT {

  private static final String BIG = "/var/lib/guestbook/big.bin";

  private static RunningStack running;
  private static Containers containers;
  private static int packagesBefore;

  @BeforeAll
  static void ready() throws Exception {
    running = RunningStack.ready();
    containers = running.stack.containers();
    packagesBefore = containers.packages(ServerName.BACKUP);
    // Dropped from the page cache at once, or the monitor would count it as memory in use.
    running.shell(
        ServerName.PRODUCTION,
        "dd if=/dev/urandom of=%1$s bs=1M count=600 conv=fsync status=none; dd of=%1$s oflag=nocache conv=notrunc,fdatasync count=0 status=none; chown guestbook: %1$s"
            .formatted(BIG));
  }

  @AfterAll
  static void migratorRuns() throws Exception {
    containers.start("migrator");
    for (ServerName server : ServerName.values()) {
      running.shell(server, "rm -f " + BIG);
    }
  }

  @Test
  @Order(1)
  void killedWhileCopyingItRollsBackAtItsNextStartAndNobodyNotices() throws Exception {
    Ledger ledger = RunningStack.ledger("killed");
    String id;
    try (Load load = running.load(ledger)) {
      id = running.order("{\"reason\":\"to be killed\"}");
      awaitHalfCopied(id);
      containers.kill("migrator");
      LoadFigures atTheKill = load.figures();
      Patience.until(
          "200 more requests without a migrator",
          RunningStack.SOON,
          () -> Optional.of(load.figures()).filter(now -> now.total() > atTheKill.total() + 200));
      containers.start("migrator");
      MigrationView view = running.ended(id);
      assertThat(view.state()).as("%s", view.problem()).isEqualTo("ROLLED_BACK");
      assertThat(String.valueOf(view.problem()).toLowerCase(Locale.ROOT))
          .contains("migrator")
          .contains("stopped");
      RunningStack.assertNoFailure(load.stop());
      assertThat(load.figures().answeredBy()).containsOnlyKeys("production");
    }
    List<String> journal = running.journal(id);
    assertThat(journal).anyMatch(line -> line.startsWith("COPY_DATA STARTED"));
    assertThat(journal).noneMatch(line -> line.startsWith("HOLD_TRAFFIC STARTED"));
    assertThat(ledger.verify(running.texts(ServerName.PRODUCTION)).holds()).isTrue();
    assertThat(containers.switchValue()).isEqualTo("false");
  }

  @Test
  @Order(2)
  void theNextMigrationSucceedsAndASecondOneMeanwhileIsAConflict() throws Exception {
    running.shell(ServerName.PRODUCTION, "rm " + BIG);
    String bootId = containers.bootId(ServerName.PRODUCTION);
    Ledger ledger = RunningStack.ledger("after");
    try (Load load = running.load(ledger)) {
      String id = running.order("{\"reason\":\"once more\"}");
      Answer second = running.stack.migrations().order("{\"reason\":\"me too\"}");
      assertThat(RunningStack.problem(second, 409)).contains(id);
      MigrationView view = running.ended(id);
      assertThat(view.succeeded()).as(view.outcome()).isTrue();
      LoadFigures atTheEnd = load.figures();
      Patience.until(
          "100 more requests",
          RunningStack.SOON,
          () -> Optional.of(load.figures()).filter(now -> now.total() > atTheEnd.total() + 100));
      LoadFigures figures = load.stop();
      RunningStack.assertNoFailure(figures);
      assertThat(figures.answeredBy()).containsOnlyKeys("production", "backup");
    }
    Verification verification = ledger.verify(running.texts(ServerName.BACKUP));
    assertThat(verification.acknowledged()).isPositive();
    assertThat(verification.missing()).isEmpty();
    assertThat(verification.duplicated()).isEmpty();
    assertThat(containers.packages(ServerName.BACKUP)).isGreaterThan(packagesBefore + 50);
    assertThat(containers.bootId(ServerName.PRODUCTION)).isNotEqualTo(bootId);
    assertThat(containers.switchValue()).isEqualTo("true");
    assertThat(running.shell(ServerName.BACKUP, "ls /var/lib/guestbook"))
        .as("what the killed migration had copied, and the source no longer has")
        .doesNotContain("big.bin");
  }

  /** Half of it is over there: neither nothing nor all. */
  private static void awaitHalfCopied(String id) throws Exception {
    Patience.until(
        "COPY_DATA to be under way",
        RunningStack.MIGRATED,
        () -> {
          MigrationView view = running.stack.migrations().one(id);
          assertThat(view.ended()).as(view.outcome()).isFalse();
          return Optional.of(view).filter(now -> "COPY_DATA".equals(now.step()));
        });
    Patience.until(
        "some of the data to arrive on backup",
        RunningStack.SOON,
        () -> Optional.of(copied()).filter(bytes -> bytes > 50_000_000));
    assertThat(running.stack.migrations().one(id).step()).isEqualTo("COPY_DATA");
  }

  private static long copied() throws IOException, InterruptedException {
    String kilobytes =
        containers.exec("backup", "sh", "-c", "du -sk /var/lib/guestbook 2>/dev/null | cut -f 1");
    return kilobytes.isBlank() ? 0 : Long.parseLong(kilobytes.strip()) * 1024;
  }
}
