package io.migrationmonkey.migrator.journal;

import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.migrator.ssh.SshSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Repository;

/**
 * The journals of all migrations, in Redis, each line sealed: what no migrator wrote is read as
 * {@link JournalEntry.Kind#FORGED}. An entry that {@link #append} returned for is on Redis' disk,
 * as far as its append-only file is set to fsync always.
 *
 * <p>Every call throws Spring's {@code DataAccessException} where Redis does not answer in time.
 */
@Repository
public class Journal implements Pen {

  /** So many migrations are remembered. */
  static final int REMEMBERED = 200;

  private static final String INDEX = "migrations";
  private static final String UNFINISHED = "migrations:unfinished";
  private static final Duration IDEMPOTENCY = Duration.ofHours(24);

  private final StringRedisTemplate redis;
  private final Seal seal;

  Journal(StringRedisTemplate redis, SshSettings ssh) {
    this.redis = redis;
    this.seal = new Seal(ssh.key());
  }

  /** Opens a journal with its order. */
  public void open(String id, JournalEntry ordered) {
    redis.opsForSet().add(UNFINISHED, id);
    append(id, ordered);
    Long known = redis.opsForList().leftPush(INDEX, id);
    if (known != null && known > REMEMBERED) {
      String oldest = redis.opsForList().rightPop(INDEX);
      if (oldest != null) {
        redis.delete(key(oldest));
      }
    }
  }

  @Override
  public long append(String id, JournalEntry entry) {
    Long length = redis.opsForList().rightPush(key(id), write(id, entry));
    if (entry.kind() == JournalEntry.Kind.ENDED) {
      redis.opsForSet().remove(UNFINISHED, id);
    }
    return length == null ? 0 : length;
  }

  @Override
  public void restore(String id, List<JournalEntry> entries) {
    redis.opsForSet().add(UNFINISHED, id);
    redis.delete(key(id));
    redis
        .opsForList()
        .rightPushAll(key(id), entries.stream().map(entry -> write(id, entry)).toList());
    redis.opsForList().remove(INDEX, 0, id);
    redis.opsForList().leftPush(INDEX, id);
    if (entries.getLast().kind() == JournalEntry.Kind.ENDED) {
      redis.opsForSet().remove(UNFINISHED, id);
    }
  }

  /** The migrations that were ordered and have not ended, as far as Redis knows. */
  public List<MigrationView> unfinished() {
    Set<String> ids = redis.opsForSet().members(UNFINISHED);
    return ids == null ? List.of() : ids.stream().flatMap(id -> find(id).stream()).toList();
  }

  /** The entries from the n-th on, the first being 0. */
  public List<JournalEntry> entries(String id, long from) {
    List<String> lines = redis.opsForList().range(key(id), from, -1);
    return lines == null ? List.of() : lines.stream().map(line -> read(id, line)).toList();
  }

  private String write(String id, JournalEntry entry) {
    return seal.close(id, Wire.write(entry));
  }

  private JournalEntry read(String id, String sealed) {
    return seal.open(id, sealed)
        .map(line -> Wire.read(line, JournalEntry.class))
        .orElse(JournalEntry.FORGED);
  }

  public Optional<MigrationView> find(String id) {
    List<JournalEntry> entries = entries(id, 0);
    // One without its order is what a migrator wrote before it noticed that Redis had been emptied.
    return entries.isEmpty() || entries.getFirst().kind() != JournalEntry.Kind.ORDERED
        ? Optional.empty()
        : Optional.of(MigrationView.of(id, entries));
  }

  /** The latest migrations, newest first. */
  public List<MigrationView> latest(int count) {
    List<String> ids = redis.opsForList().range(INDEX, 0, count - 1L);
    return ids == null ? List.of() : ids.stream().flatMap(id -> find(id).stream()).toList();
  }

  /**
   * Ties a caller's idempotency key to a migration.
   *
   * @return the migration it was tied to before, if any
   */
  public Optional<String> claim(String idempotencyKey, String id) {
    Boolean mine = redis.opsForValue().setIfAbsent(claimKey(idempotencyKey), id, IDEMPOTENCY);
    return Boolean.TRUE.equals(mine)
        ? Optional.empty()
        : Optional.ofNullable(redis.opsForValue().get(claimKey(idempotencyKey)));
  }

  /** Unties it: the order did not become a migration. */
  public void unclaim(String idempotencyKey) {
    redis.delete(claimKey(idempotencyKey));
  }

  private static String key(String id) {
    return "migration:%s:journal".formatted(id);
  }

  private static String claimKey(String idempotencyKey) {
    return "migration:order:" + idempotencyKey;
  }
}
