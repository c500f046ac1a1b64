package io.migrationmonkey.proxy.routing;

import io.migrationmonkey.proxy.BackgroundLoop;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Has the snapshot reach the disk, on a thread of its own: where the disk is busy, that may take
 * longer than this proxy's report lives.
 */
@Component
final class SnapshotSync extends BackgroundLoop {

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final RouteSnapshot snapshot;

  SnapshotSync(RouteSnapshot snapshot) {
    super("snapshot-sync", Duration.ofSeconds(2));
    this.snapshot = snapshot;
  }

  @Override
  protected void work() throws InterruptedException {
    while (isRunning()) {
      snapshot.sync();
      awaitNews(PERIOD);
    }
    snapshot.sync();
  }
}
