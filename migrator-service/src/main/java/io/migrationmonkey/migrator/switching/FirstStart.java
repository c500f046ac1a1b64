package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.migrator.MigratorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sets the switch of an installation that has never run. A Redis that lost its data is not one:
 * then a missing key says nothing, and only a person knows which server serves. A file on the
 * migrator's disk tells the two apart.
 */
@Component
public class FirstStart {

  private static final Logger log = LoggerFactory.getLogger(FirstStart.class);

  private final Switchboard switchboard;
  private final Path marker;
  private boolean complete;

  FirstStart(Switchboard switchboard, MigratorSettings settings) {
    this.switchboard = switchboard;
    this.marker = settings.stateDirectory().resolve("switch-was-set");
  }

  /** Does it unless it was done; to be called until it returns. */
  public synchronized void complete() {
    if (complete) {
      return;
    }
    if (!Files.exists(marker)) {
      if (switchboard.initialise()) {
        log.info("First start: the switch is 'false', production is active");
      }
      try {
        Files.createFile(marker);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    complete = true;
  }
}
