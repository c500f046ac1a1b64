package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.Accounts;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Data, configuration and unit files are on the standby, but for what changed in the last round.
 */
@Component
class CopyData implements MigrationStep {

  private final DataCopy copy;
  private final ApplicationSettings application;
  private final MigrationSettings settings;

  CopyData(DataCopy copy, ApplicationSettings application, MigrationSettings settings) {
    this.copy = copy;
    this.application = application;
    this.settings = settings;
  }

  @Override
  public Step step() {
    return Step.COPY_DATA;
  }

  @Override
  public StepReport run(MigrationRun run) {
    if (application.data().isEmpty()) {
      return new StepReport("the application declares no data");
    }
    run.source().run(PushData.stopLeftOver());
    Accounts accounts = run.source().run(new Accounts.Read(application.data()));
    run.standby().run(accounts.create());
    long sent = 0;
    long before = Long.MAX_VALUE;
    int rounds = 0;
    while (rounds < settings.copyRounds()) {
      PushData.Round round = copy.round(run, settings.copyTimeout());
      rounds++;
      sent += round.bytesSent();
      run.progress(
          "round %d: %d files, %d kB changed"
              .formatted(rounds, round.files(), round.bytesChanged() >> 10));
      boolean small = round.bytesChanged() <= settings.smallRound().toBytes();
      boolean shrinksNoMore = round.bytesChanged() >= before;
      if (small || shrinksNoMore) {
        break;
      }
      before = round.bytesChanged();
    }
    return new StepReport(
        "%d MB sent in %d rounds while the application served".formatted(sent >> 20, rounds),
        Map.of(Fact.BYTES_COPIED, Long.toString(sent)));
  }
}
