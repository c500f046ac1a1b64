package io.migrationmonkey.proxy.routing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The last confirmed route and hold in a file, so that a proxy that starts while Redis is away
 * knows where traffic goes. Written beside and renamed: a reader sees all of it or the one before.
 */
@Component
public final class RouteSnapshot {

  private static final Logger log = LoggerFactory.getLogger(RouteSnapshot.class);

  /**
   * What a proxy was sure of.
   *
   * @param active the server that got the traffic
   * @param epoch of that route
   * @param holding the migration that held, or null
   * @param until when that hold ends by itself; null when nothing held
   */
  public record Memory(
      ServerName active, long epoch, @Nullable String holding, @Nullable Instant until) {

    public Memory {
      Objects.requireNonNull(active, "active");
    }

    public Route route() {
      return new Route(active, epoch);
    }

    /** What is left of the hold. */
    public HoldOrder order(Instant now) {
      return holding == null || until == null || !now.isBefore(until)
          ? new HoldOrder.Open()
          : new HoldOrder.Wait(holding, Duration.between(now, until));
    }

    static Optional<Memory> of(GateState state) {
      Route route = state.route();
      Hold hold = state.hold();
      return route == null
          ? Optional.empty()
          : Optional.of(
              new Memory(
                  route.active(),
                  route.epoch(),
                  state.holding(),
                  hold == null ? null : hold.until()));
    }

    // A hold is renewed with each reading, by some milliseconds: no reason to write.
    boolean says(Memory other) {
      return active == other.active
          && epoch == other.epoch
          && Objects.equals(holding, other.holding)
          && (until == null
              || other.until == null
              || Duration.between(until, other.until).abs().toMillis() < 100);
    }
  }

  private final @Nullable Path file;
  private volatile @Nullable Memory kept;
  private final AtomicReference<@Nullable FileChannel> unsynced = new AtomicReference<>();
  private volatile boolean failing;

  public RouteSnapshot(SnapshotSettings settings, MeterRegistry metrics) {
    this.file = settings.file();
    Gauge.builder("monkey_snapshot_written", this, s -> s.file == null || s.failing ? 0 : 1)
        .description("1 while the route would survive a restart of this proxy without Redis")
        .register(metrics);
  }

  /** What this proxy was sure of before it was started. */
  public Optional<Memory> read() {
    Path from = file;
    if (from == null || !Files.exists(from)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Wire.read(Files.readString(from), Memory.class));
    } catch (IOException | IllegalArgumentException e) {
      log.warn("{} can't be read ({}); the route comes from Redis alone", from, e.getMessage());
      return Optional.empty();
    }
  }

  /** Keeps what is new in {@code state}, for a proxy that starts after this one. */
  void keep(GateState state) {
    Path to = file;
    Memory now = Memory.of(state).orElse(null);
    if (to == null || now == null || (kept != null && kept.says(now))) {
      return;
    }
    try {
      write(to, Wire.write(now));
      kept = now;
      failing = false;
    } catch (IOException e) {
      failed(to, e);
    }
  }

  /**
   * Waits until a machine that loses its power would not lose what was kept last. That takes as
   * long as the disk likes, so nobody else may have to wait for it.
   */
  void sync() {
    try (FileChannel written = unsynced.getAndSet(null)) {
      if (written != null) {
        written.force(true);
      }
    } catch (IOException e) {
      kept = null;
      failed(file, e);
    }
  }

  private void failed(@Nullable Path to, IOException e) {
    if (!failing) {
      failing = true;
      log.warn(
          "Can't write {} ({}): started without Redis, this proxy would not know where to send"
              + " traffic. Make its directory writable, or set monkey.snapshot.file",
          to,
          e.toString());
    }
  }

  private void write(Path to, String text) throws IOException {
    Path directory = Objects.requireNonNull(to.getParent());
    Files.createDirectories(directory);
    Path beside = Files.createTempFile(directory, to.getFileName() + ".", ".new");
    FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE);
    try {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      channel.close();
      throw e;
    } finally {
      Files.deleteIfExists(beside);
    }
    FileChannel overtaken = unsynced.getAndSet(channel);
    if (overtaken != null) {
      overtaken.close();
    }
  }
}
