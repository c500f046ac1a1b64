package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.MigrationSettings;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.MeasureData;
import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.application.PushData.Round;
import io.migrationmonkey.migrator.application.PushData.What;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import io.migrationmonkey.migrator.ssh.RemoteServer;
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

  private static final Duration BREATH = Duration.ofSeconds(1);

  private final DataCopy copy;
  private final DataSettings data;
  private final MigrationSettings settings;
  private final Waiting waiting;

  CopyData(DataCopy copy, DataSettings data, MigrationSettings settings, Waiting waiting) {
    this.copy = copy;
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
    MeasureData.Size size = run.source().run(new MeasureData(data.dataSet()));
    copy.mark(run, settings.copyTimeout());
    Round round =
        whileLearning(
            run,
            () ->
                copy.round(
                    run,
                    size.sparse() ? What.ALL_WITH_HOLES : What.ALL,
                    "round 1",
                    size.bytes(),
                    settings.copyTimeout()));
    long sent = round.bytesSent();
    int rounds = 1;
    long before = Long.MAX_VALUE;
    while (rounds < settings.copyRounds()
        && round.bytesChanged() > settings.smallRound().toBytes()
        && round.bytesChanged() < before) {
      before = round.bytesChanged();
      rounds++;
      round = copy.round(run, What.CHANGES, "round " + rounds, 0, settings.copyTimeout());
      sent += round.bytesSent();
      run.progress(
          "round %d: %d files, %d kB changed"
              .formatted(rounds, round.files(), round.bytesChanged() >> 10));
    }
    DataCopy.both(run, server -> copy.learn(server, run.priority(), settings.copyTimeout()));
    return new StepReport(
        "%d MB sent in %d rounds while the application served".formatted(sent >> 20, rounds),
        Map.of(Fact.BYTES_COPIED, Long.toString(sent)));
  }

  /** Both servers read what they hold while the round goes on. */
  private Round whileLearning(MigrationRun run, Supplier<Round> work) {
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> here = learning(run.source(), run.priority(), over);
    CompletableFuture<Void> there = learning(run.standby(), run.priority(), over);
    try {
      return work.get();
    } finally {
      over.set(true);
      DataCopy.join(CompletableFuture.allOf(here, there));
    }
  }

  private CompletableFuture<Void> learning(
      RemoteServer server, Priority priority, AtomicBoolean over) {
    return DataCopy.aside(() -> {
      while (!over.get()) {
        copy.learn(server, priority, settings.copyTimeout());
        waiting.until(
            BREATH, Duration.ofMillis(50), () -> over.get() ? Optional.of(true) : Optional.empty());
      }
      return null;
    });
  }
}
