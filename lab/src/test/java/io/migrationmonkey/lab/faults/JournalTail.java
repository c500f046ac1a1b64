package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.lab.stack.RedisConnection;
import io.migrationmonkey.lab.stack.Stack;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal of the next migration where it is written, in Redis, as fast as it is written:
 * the migrator, which may be dead, is not asked. Survives that Redis is away.
 */
final class JournalTail implements AutoCloseable {

  private static final long GLANCE_NANOS = 500_000;

  private final Stack stack;
  private final @Nullable String newestBefore;
  private @Nullable RedisConnection redis;
  private @Nullable String id;
  private int read;

  private JournalTail(Stack stack) throws IOException {
    this.stack = stack;
    this.newestBefore = call("LINDEX", "migrations", "0");
  }

  /** Waits for a migration that has not been ordered yet. */
  static JournalTail ofTheNext(Stack stack) throws IOException {
    return new JournalTail(stack);
  }

  record Entry(
      @Nullable String kind,
      @Nullable String step,
      @Nullable String text,
      @Nullable Map<String, String> facts) {}

  /** How a migration ended. */
  record Ended(String state, String problem) {}

  /** The migration's id, once it has one. */
  String id() {
    return id == null ? "none" : id;
  }

  /**
   * Waits until the journal says so, and returns within a millisecond or two.
   *
   * @throws IOException when it does not in time, or the migration ends before
   */
  void await(Moment moment, Duration bound) throws IOException {
    long end = System.nanoTime() + bound.toNanos();
    while (System.nanoTime() < end) {
      Optional<Entry> entry = next();
      if (entry.isEmpty()) {
        LockSupport.parkNanos(GLANCE_NANOS);
        continue;
      }
      String kind = String.valueOf(entry.get().kind());
      if (kind.equals(moment.kind()) && moment.step().equals(entry.get().step())) {
        return;
      }
      if (kind.equals("ENDED")) {
        throw new IOException(
            "the migration ended before %s: %s".formatted(moment, entry.get().text()));
      }
    }
    throw new IOException("%s did not come within %d s".formatted(moment, bound.toSeconds()));
  }

  /** How it ended, if it has. */
  Optional<Ended> ended() throws IOException {
    if (next().isEmpty() && id == null) {
      return Optional.empty();
    }
    // Its last entry, wherever that stands: a journal that was lost may have been written anew.
    String line = call("LINDEX", key(), "-1");
    return Optional.ofNullable(line)
        .map(last -> entry(last))
        .filter(last -> "ENDED".equals(last.kind()))
        .map(JournalTail::end);
  }

  private static Ended end(Entry entry) {
    Map<String, String> facts = entry.facts();
    return new Ended(
        facts == null ? "UNKNOWN" : facts.getOrDefault("STATE", "UNKNOWN"),
        String.valueOf(entry.text()));
  }

  /** True when Redis knows nothing of it any more, and nobody works on anything. */
  boolean forgotten() throws IOException {
    return "0".equals(call("EXISTS", key(), "migration:lease"));
  }

  private Optional<Entry> next() throws IOException {
    if (id == null) {
      String newest = call("LINDEX", "migrations", "0");
      if (newest == null || newest.equals(newestBefore)) {
        return Optional.empty();
      }
      id = newest;
    }
    String line = call("LINDEX", key(), Integer.toString(read));
    if (line == null) {
      return Optional.empty();
    }
    read++;
    return Optional.of(entry(line));
  }

  /** A line of JSON, with the migrator's seal below it. */
  private static Entry entry(String sealed) {
    return Wire.read(sealed.lines().findFirst().orElse(""), Entry.class);
  }

  private String key() {
    return "migration:%s:journal".formatted(id);
  }

  private @Nullable String call(String... words) throws IOException {
    RedisConnection current = redis;
    if (current == null) {
      current = stack.redis();
      redis = current;
    }
    try {
      return current.call(words);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    RedisConnection current = redis;
    redis = null;
    if (current != null) {
      current.close();
    }
  }
}
