package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.ApplicationSettings;
import io.migrationmonkey.migrator.application.DigestData;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.stereotype.Component;

/** The last changes are over, and both sides hold the same to the byte. */
@Component
class CopyLastChanges implements MigrationStep {

  private final DataCopy copy;
  private final ApplicationSettings application;
  private final HoldDeadline deadline;

  CopyLastChanges(DataCopy copy, ApplicationSettings application, HoldDeadline deadline) {
    this.copy = copy;
    this.application = application;
    this.deadline = deadline;
  }

  @Override
  public Step step() {
    return Step.COPY_LAST_CHANGES;
  }

  @Override
  public StepReport run(MigrationRun run) {
    if (application.data().isEmpty()) {
      return new StepReport("the application declares no data");
    }
    PushData.Round round = copy.round(run, deadline.left(run));
    DigestData digest = new DigestData(application.data(), deadline.left(run));
    CompletableFuture<String> there =
        CompletableFuture.supplyAsync(
            () -> run.standby().run(digest), command -> Thread.ofVirtual().start(command));
    String here = run.source().run(digest);
    String arrived;
    try {
      arrived = there.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    if (!here.equals(arrived)) {
      throw new StepFailed(
          "the data on %s is not what %s holds (digests %s and %s)"
              .formatted(run.standby().name(), run.source().name(), arrived, here));
    }
    return new StepReport(
        "%d files, %d kB changed; digests agree"
            .formatted(round.files(), round.bytesChanged() >> 10),
        Map.of(
            Fact.BYTES_COPIED,
            Long.toString(run.number(Fact.BYTES_COPIED) + round.bytesSent()),
            Fact.DIGEST,
            here));
  }
}
