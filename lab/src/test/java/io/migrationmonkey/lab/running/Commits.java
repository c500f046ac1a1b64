package io.migrationmonkey.lab.running;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.stack.Addresses;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Clients of a PostgreSQL that may move: they know both servers, reconnect when they have lost
 * theirs, and write down what became of every row. No row is tried twice, and nothing in the
 * database keeps one from being there twice.
 */
final class Commits implements AutoCloseable {

  private static final Duration BREATH = Duration.ofMillis(5);
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final String TABLE = "ledger";

  private final String url;
  private final List<Thread> clients;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final AtomicLong reconnects = new AtomicLong();
  private final AtomicLong lastCommit = new AtomicLong(System.nanoTime());
  private final AtomicLong longestStall = new AtomicLong();
  private volatile boolean closed;

  private Commits(String url, int clients) {
    this.url = url;
    this.clients =
        IntStream.range(0, clients)
            .mapToObj(client -> Thread.ofVirtual().unstarted(() -> write(client)))
            .toList();
  }

  static Commits start(Addresses addresses, int clients) throws SQLException {
    String url =
        "jdbc:postgresql://%s:%d,%s:%d/ledger?user=ledger&password=ledger&targetServerType=primary&connectTimeout=2&loginTimeout=10&socketTimeout=10&sslmode=disable"
            .formatted(
                Addresses.HOST,
                addresses.database(ServerName.PRODUCTION),
                Addresses.HOST,
                addresses.database(ServerName.BACKUP));
    Commits commits = new Commits(url, clients);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS " + TABLE);
      statement.execute("CREATE TABLE %s (line text NOT NULL)".formatted(TABLE));
    }
    commits.clients.forEach(Thread::start);
    return commits;
  }

  private void write(int client) {
    int number = 0;
    boolean before = false;
    while (!closed) {
      try (Connection connection = DriverManager.getConnection(url)) {
        if (before) {
          reconnects.incrementAndGet();
        }
        before = true;
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO %s VALUES (?)".formatted(TABLE))) {
          while (!closed) {
            commit(connection, insert, "%d-%d".formatted(client, number++));
            LockSupport.parkNanos(BREATH.toNanos());
          }
        }
      } catch (SQLException lost) {
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  private void commit(Connection connection, PreparedStatement insert, String line)
      throws SQLException {
    try {
      insert.setString(1, line);
      insert.executeUpdate();
    } catch (SQLException e) {
      refused.add(line);
      throw e;
    }
    try {
      connection.commit();
    } catch (SQLException e) {
      unknown.add(line);
      throw e;
    }
    acknowledged.add(line);
    long now = System.nanoTime();
    longestStall.accumulateAndGet(now - lastCommit.getAndSet(now), Math::max);
  }

  /** Every line that is in the database, and how often. */
  Map<String, Integer> lines() throws SQLException {
    Map<String, Integer> lines = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT line FROM " + TABLE)) {
      while (rows.next()) {
        lines.merge(rows.getString(1), 1, Integer::sum);
      }
    }
    return lines;
  }

  /** Those whose commit was answered. */
  Set<String> acknowledged() {
    return Set.copyOf(acknowledged);
  }

  /** Those whose commit was sent and never answered. */
  Set<String> unknown() {
    return Set.copyOf(unknown);
  }

  /** Those whose commit was never sent. */
  Set<String> refused() {
    return Set.copyOf(refused);
  }

  long reconnects() {
    return reconnects.get();
  }

  /** The longest time in which no client at all got a commit answered. */
  Duration longestStall() {
    return Duration.ofNanos(longestStall.get());
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread client : clients) {
      client.join(Duration.ofSeconds(30));
    }
  }
}
