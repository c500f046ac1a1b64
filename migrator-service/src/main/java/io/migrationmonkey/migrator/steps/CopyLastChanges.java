package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.PushData.Round;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import io.migrationmonkey.migrator.plan.Step;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** The last changes are over, and both sides hold the same to the byte. */
@Component
class CopyLastChanges implements MigrationStep {

  private static final int SEND_AGAIN = 1000;
  private static final int SHOW = 5;

  private final DataCopy copy;
  private final DataSettings data;
  private final HoldDeadline deadline;

  CopyLastChanges(DataCopy copy, DataSettings data, HoldDeadline deadline) {
    this.copy = copy;
    this.data = data;
    this.deadline = deadline;
  }

  @Override
  public Step step() {
    return Step.COPY_LAST_CHANGES;
  }

  @Override
  public StepReport run(MigrationRun run) {
    if (data.data().isEmpty()) {
      return new StepReport("the application declares no data");
    }
    // The application is stopped: the source's digest does not change while the changes go over.
    CompletableFuture<String> source = copy.digest(run.source(), deadline.left(run));
    Round round = copy.lastChanges(run, deadline.left(run));
    String arrived = DataCopy.join(copy.digest(run.standby(), deadline.left(run)));
    String here = DataCopy.join(source);
    if (!here.equals(arrived)) {
      sendAgain(run, here);
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

  /** What differs though rsync saw no difference, as on a disk that rots. */
  private void sendAgain(MigrationRun run, String here) {
    List<String> different = copy.differences(run, deadline.left(run));
    run.progress(
        "%d files differ on %s and are sent again"
            .formatted(different.size(), run.standby().name()));
    if (!different.isEmpty() && different.size() <= SEND_AGAIN) {
      copy.again(run, different, deadline.left(run));
    }
    String arrived = DataCopy.join(copy.digest(run.standby(), deadline.left(run)));
    if (!here.equals(arrived)) {
      throw new StepFailed(
          "the data on %s is not what %s holds (digests %s and %s): %d files differ, among them %s; see whether something else writes there"
              .formatted(
                  run.standby().name(),
                  run.source().name(),
                  arrived,
                  here,
                  different.size(),
                  different.stream().limit(SHOW).toList()));
    }
  }
}
