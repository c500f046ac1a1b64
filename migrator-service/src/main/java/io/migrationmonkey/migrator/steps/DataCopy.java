package io.migrationmonkey.migrator.steps;

import io.migrationmonkey.migrator.application.DataSet;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.DigestData;
import io.migrationmonkey.migrator.application.LearnData;
import io.migrationmonkey.migrator.application.LearnData.Side;
import io.migrationmonkey.migrator.application.ListRecords;
import io.migrationmonkey.migrator.application.MeasureData;
import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.application.PushData;
import io.migrationmonkey.migrator.application.PushData.What;
import io.migrationmonkey.migrator.application.PushKeys;
import io.migrationmonkey.migrator.application.PushProgress;
import io.migrationmonkey.migrator.application.Survey;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.RemoteCommandFailed;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * What copying consists of: rounds from source to standby, and what each server knows of its data.
 */
@Component
class DataCopy {

  private static final Pattern FULL =
      Pattern.compile("\"(/[^\"\\n]*)\"[^\\n]*No space left on device");

  private final DataSet data;
  private final DataSize limit;
  private final SshSettings ssh;

  DataCopy(DataSettings settings, SshSettings ssh) {
    this.data = settings.dataSet();
    this.limit = settings.bandwidthLimit();
    this.ssh = ssh;
  }

  /** Ends what a migrator left behind on the servers when it, or the network, died. */
  void stopLeftOver(MigrationRun run) {
    both(run, server -> server.run(Survey.stopLeftOver()));
    run.source().run(PushData.stopLeftOver());
    run.standby().run(PushKeys.stopReceiving());
  }

  /** From here on changes count. Answers how much there is. */
  MeasureData.Size mark(MigrationRun run, Duration atMost) {
    return run.source().run(new PushData.Mark(data, run.priority(), atMost));
  }

  /**
   * A round while the application serves.
   *
   * @param name for people
   * @param total bytes that it may come to, 0 where nobody knows
   */
  PushData.Round round(MigrationRun run, What what, String name, long total, Duration atMost) {
    return push(run, new PushData(what, data, to(run), run.priority(), limit, atMost), name, total);
  }

  /** The changes since the last round, as fast as may be: requests wait for it. */
  PushData.Round lastChanges(MigrationRun run, Duration atMost) {
    PushData changes =
        new PushData(What.CHANGES, data, to(run), Priority.NORMAL, DataSize.ofBytes(0), atMost);
    return push(run, changes, "last changes", 0);
  }

  PushData.Round again(MigrationRun run, List<String> paths, Duration atMost) {
    return push(run, new PushData.Again(paths, to(run), atMost), "once more", 0);
  }

  /** Lets the source read what it does not know of its data. */
  void learnSource(MigrationRun run, Duration atMost) {
    run.source().run(new LearnData(Side.SOURCE, data, run.priority(), atMost));
  }

  /** Lets the standby read what has arrived. */
  void learnStandby(MigrationRun run, Duration atMost) {
    run.standby().run(new LearnData(Side.STANDBY, data, run.priority(), atMost));
  }

  CompletableFuture<String> digest(RemoteServer server, Duration atMost) {
    return aside(() -> server.run(new DigestData(data, atMost)));
  }

  /** The paths in which the two servers differ. */
  List<String> differences(MigrationRun run, Duration atMost) {
    var records = both(run, server -> server.run(new ListRecords(data, atMost)));
    return ListRecords.differences(records.source(), records.standby());
  }

  /** What both servers answer, asked at the same time. */
  static <T> Both<T> both(MigrationRun run, Function<RemoteServer, T> question) {
    CompletableFuture<T> there = aside(() -> question.apply(run.standby()));
    T here = question.apply(run.source());
    return new Both<>(here, join(there));
  }

  record Both<T>(T source, T standby) {}

  static <T> CompletableFuture<T> aside(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, command -> Thread.ofVirtual().start(command));
  }

  static <T> T join(CompletableFuture<T> work) {
    try {
      return work.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private PushData.To to(MigrationRun run) {
    return new PushData.To(ssh.user(), run.standby().address(), ssh.port());
  }

  private static PushData.Round push(
      MigrationRun run, RemoteCommand<PushData.Round> push, String name, long total) {
    try {
      return run.source()
          .run(
              push,
              line ->
                  PushProgress.parse(line)
                      .map(progress -> progress.words(name, total))
                      .ifPresent(run::progress));
    } catch (RemoteCommandFailed e) {
      Matcher full = FULL.matcher(e.stderr());
      if (full.find()) {
        throw new StepFailed(
            "%s has no room left under %s: free some there, or exclude what need not move (monkey.application.exclude)"
                .formatted(run.standby().name(), full.group(1)));
      }
      throw e;
    }
  }
}
