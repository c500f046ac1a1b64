package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.MeasureData;
import io.migrationmonkey.migrator.application.PushData.Round;
import io.migrationmonkey.migrator.application.PushData.What;
import io.migrationmonkey.migrator.application.Services;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Data, configuration and unit files are on the standby, but for what changed in the last round,
 * and both servers know the contents of what they hold.
 */
@Component
class CopyData implements MigrationStep {

  private static final Duration BREATH = Duration.ofSeconds(20);

  private final DataCopy copy;
  private final ApplicationSettings application;
  private final DataSettings data;
  private final MigrationSettings settings;
  private final Waiting waiting;

  CopyData(
      DataCopy copy,
      ApplicationSettings application,
      DataSettings data,
      MigrationSettings settings,
      Waiting waiting) {
    this.copy = copy;
    this.application = application;
    this.data = data;
    this.settings = settings;
    this.waiting = waiting;
  }

  @Override
  public Step step() {
    return Step.COPY_DATA;
  }

  @Override
  public StepReport run(MigrationRun run) {
    if (data.data().isEmpty()) {
      return new StepReport("the application declares no data");
    }
    copy.stopLeftOver(run);
    Duration atMost = settings.copyTimeout();
    MeasureData.Size size = copy.mark(run, atMost);
    Round round =
        whileArriving(
            run,
            () ->
                copy.round(
                    run,
                    size.sparse() ? What.ALL_WITH_HOLES : What.ALL,
                    "round 1",
                    size.bytes(),
                    atMost));
    CompletableFuture<Void> arrived = DataCopy.aside(() -> arrived(run));
    long sent = round.bytesSent();
    int rounds = 1;
    long before = Long.MAX_VALUE;
    long later = 0;
    while (rounds < settings.copyRounds()
        && round.bytesChanged() > settings.smallRound().toBytes()
        && round.bytesChanged() < before) {
      before = round.bytesChanged();
      rounds++;
      round = copy.round(run, What.CHANGES, "round " + rounds, 0, atMost);
      sent += round.bytesSent();
      later += round.bytesChanged();
      run.progress(
          "round %d: %d files, %d kB changed"
              .formatted(rounds, round.files(), round.bytesChanged() >> 10));
    }
    copy.learnSource(run, atMost);
    DataCopy.join(arrived);
    if (later > settings.smallRound().toBytes()) {
      copy.learnStandby(run, atMost);
    }
    return new StepReport(
        "%d MB sent in %d rounds while the application served".formatted(sent >> 20, rounds),
        Map.of(Fact.BYTES_COPIED, Long.toString(sent)));
  }

  private Void arrived(MigrationRun run) {
    copy.learnStandby(run, settings.copyTimeout());
    run.standby().run(Services.reload(application.services()));
    return null;
  }

  /** In a long round the standby reads now and then what has arrived so far. */
  private Round whileArriving(MigrationRun run, Supplier<Round> work) {
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> reading =
        DataCopy.aside(() -> {
          while (!over(over)) {
            copy.learnStandby(run, settings.copyTimeout());
          }
          return null;
        });
    try {
      return work.get();
    } finally {
      over.set(true);
      DataCopy.join(reading);
    }
  }

  private boolean over(AtomicBoolean over) {
    return waiting
        .until(
            BREATH, Duration.ofMillis(50), () -> over.get() ? Optional.of(true) : Optional.empty())
        .isPresent();
  }
}
