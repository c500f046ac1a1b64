package io.migrationmonkey.proxy.forwarding;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One event loop's idle connections to one server; the one that was used last goes out first. */
final class IdlePool {

  private final Deque<UpstreamConnection> idle = new ArrayDeque<>();

  @Nullable UpstreamConnection take() {
    UpstreamConnection connection;
    while ((connection = idle.pollFirst()) != null) {
      if (connection.isOpen()) {
        return connection;
      }
    }
    return null;
  }

  void put(UpstreamConnection connection) {
    idle.addFirst(connection);
  }

  void remove(UpstreamConnection connection) {
    idle.remove(connection);
  }

  int size() {
    return idle.size();
  }

  void close() {
    UpstreamConnection connection;
    while ((connection = idle.pollFirst()) != null) {
      connection.close();
    }
  }

  void closeRestingSinceBefore(long millis) {
    UpstreamConnection longest;
    while ((longest = idle.peekLast()) != null && longest.restingSince() < millis) {
      idle.pollLast();
      longest.close();
    }
  }
}
