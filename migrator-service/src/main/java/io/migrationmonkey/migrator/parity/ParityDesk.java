package io.migrationmonkey.migrator.parity;

import io.migrationmonkey.contract.SwitchRecord;
import io.migrationmonkey.migrator.journal.Journal;
import io.migrationmonkey.migrator.journal.MigrationView;
import io.migrationmonkey.migrator.ssh.RemoteServer;
import io.migrationmonkey.migrator.switching.Lease;
import io.migrationmonkey.migrator.switching.Pause;
import io.migrationmonkey.migrator.switching.SwitchState;
import io.migrationmonkey.migrator.switching.Switchboard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Answers how the standby stands, from Redis, or from a new look at both servers. */
@Service
public class ParityDesk {

  /** A person's word in its place is no such thing. */
  private static final Pattern MIGRATION = Pattern.compile("m\\d{8}-\\d{6}-[0-9a-f]{4}");

  private static final Duration LOOK = Duration.ofSeconds(60);

  private final ParityStore store;
  private final Switchboard switchboard;
  private final Journal journal;
  private final Pause pause;
  private final Connections connections;
  private final CompareServers compare;
  private final WarmSettings settings;
  private final Clock clock;

  /** One look at a time: who comes meanwhile gets its result. */
  private final Object looking = new Object();

  ParityDesk(
      ParityStore store,
      Switchboard switchboard,
      Journal journal,
      Pause pause,
      Connections connections,
      CompareServers compare,
      WarmSettings settings,
      Clock clock) {
    this.store = store;
    this.switchboard = switchboard;
    this.journal = journal;
    this.pause = pause;
    this.connections = connections;
    this.compare = compare;
    this.settings = settings;
    this.clock = clock;
  }

  /** From what is known, without asking the servers. */
  public ParityReport report() {
    SwitchState seen = switchboard.read();
    Optional<SwitchRecord> record = store.record();
    return Parity.report(
        situation(seen, switchboard.leased().map(Lease::migration).orElse(null)),
        settings,
        record
            .filter(last -> last.active() == seen.active() && movedByMigration(last))
            .map(SwitchRecord::at)
            .orElse(null),
        store.reading().orElse(null),
        switchboard.leased().filter(Lease::warm).map(Lease::migration).orElse(null));
  }

  /** From a new look at both servers, which takes some seconds and a minute at most. */
  public ParityReport refreshed() {
    Instant asked = clock.instant();
    synchronized (looking) {
      boolean newer = store.reading().filter(reading -> reading.at().isAfter(asked)).isPresent();
      if (!newer) {
        look(switchboard.read());
      }
    }
    return report();
  }

  /**
   * All that the decision about a warm run needs.
   *
   * @param lease who has it, null where nobody does or it is the asker's own
   */
  public WarmRule.Situation situation(SwitchState seen, @Nullable String lease) {
    Optional<SwitchRecord> record = store.record();
    boolean byHand =
        record.map(last -> last.active() != seen.active() || isAPersons(last)).orElse(true);
    String busy = journal.unfinished().stream().map(MigrationView::id).findFirst().orElse(lease);
    return new WarmRule.Situation(
        clock.instant(),
        settings.interval(),
        seen.active(),
        seen.epoch(),
        byHand,
        pause.standing().isPresent(),
        busy,
        store.warmRun().orElse(null));
  }

  private void look(SwitchState seen) {
    try (RemoteServer active = connections.open(seen.active());
        RemoteServer standby = connections.open(seen.active().other())) {
      CompletableFuture<ParityReading> reading = new CompletableFuture<>();
      Thread.ofVirtual()
          .name("parity")
          .start(() -> {
            try {
              reading.complete(compare.read(active, standby));
            } catch (RuntimeException e) {
              reading.completeExceptionally(e);
            }
          });
      store.keep(reading.get(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new LookFailed("the servers could not be read within %d s".formatted(LOOK.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LookFailed("the migrator is stopping");
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  private static boolean movedByMigration(SwitchRecord record) {
    return MIGRATION.matcher(record.by()).matches();
  }

  /** The first start sets the switch too, in the migrator's name. */
  private static boolean isAPersons(SwitchRecord record) {
    return !movedByMigration(record) && !record.by().equals("migrator");
  }

  /** The servers could not be looked at in time. */
  public static final class LookFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    LookFailed(String message) {
      super(message);
    }
  }
}
