package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.contract.ProxyReport;
import io.migrationmonkey.migrator.MigratorSettings;
import org.springframework.stereotype.Component;

/**
 * The highest epoch there ever was, kept on disk: where Redis has lost it, the next one must still
 * be higher, or the proxies would not follow.
 */
@Component
public class EpochMemory {

  private final StateFile file;
  private long highest;

  EpochMemory(MigratorSettings settings) {
    this.file = new StateFile(settings.stateDirectory().resolve("epoch"));
    this.highest =
        file.read().filter(line -> line.matches("\\d{1,15}")).map(Long::parseLong).orElse(0L);
  }

  public synchronized void saw(long epoch) {
    if (epoch > highest) {
      file.write(Long.toString(epoch));
      highest = epoch;
    }
  }

  /** The highest that this migrator, or a proxy that lives, has seen. */
  public synchronized long highest(Iterable<ProxyReport> proxies) {
    long seen = highest;
    for (ProxyReport proxy : proxies) {
      seen = Math.max(seen, proxy.epoch());
    }
    return seen;
  }
}
