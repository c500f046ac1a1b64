package io.migrationmonkey.migrator.switching;

import io.migrationmonkey.migrator.MigratorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Remembers on disk which lease this migrator holds, so that its next life need not wait until it
 * runs out.
 *
 * <p>That is safe since only one migrator may use a state directory: it locks a file there, and the
 * kernel lets go of that when the process is gone. So whoever reads an old lease here knows that
 * its holder is dead.
 */
@Component
public class OwnLease implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(OwnLease.class);

  private final Switchboard switchboard;
  private final StateFile file;
  private final FileChannel locked;
  private @Nullable Lease former;

  OwnLease(Switchboard switchboard, MigratorSettings settings) {
    this.switchboard = switchboard;
    this.locked = lock(settings.stateDirectory().resolve("lock"));
    this.file = new StateFile(settings.stateDirectory().resolve("lease"));
    this.former = file.read().filter(line -> line.matches("\\d+ .+")).map(Lease::of).orElse(null);
  }

  /** To be called before anything is done under the lease. */
  public synchronized void took(Lease lease) {
    former = null;
    file.write(lease.value());
  }

  public synchronized void gaveBack() {
    file.delete();
  }

  /** Gives back what this migrator's former life held; to be called until it returns. */
  public synchronized void giveBackFormer() {
    Lease old = former;
    if (old != null) {
      switchboard.giveBack(old);
      log.info("the lease for {} of this migrator's former life was given back", old.migration());
      former = null;
    }
  }

  private static FileChannel lock(Path path) {
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw inUse(path);
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      throw inUse(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IllegalStateException inUse(Path path) {
    return new IllegalStateException(
        "monkey.state-directory %s is another migrator's, which runs: each needs its own"
            .formatted(path.getParent()));
  }

  @Override
  public void destroy() throws IOException {
    locked.close();
  }
}
