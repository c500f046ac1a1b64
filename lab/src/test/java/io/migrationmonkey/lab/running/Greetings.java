package io.migrationmonkey.lab.running;

import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.HttpConnection;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.stack.Addresses;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Clients that ask the smallest application again and again which server it is on. */
final class Greetings implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration BREATH = Duration.ofMillis(3);

  private final int port;
  private final List<Thread> askers;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> answeredBy = new ConcurrentHashMap<>();
  private final AtomicLong longest = new AtomicLong();
  private volatile boolean closed;

  private Greetings(int port, int askers) {
    this.port = port;
    this.askers =
        IntStream.range(0, askers)
            .mapToObj(asker -> Thread.ofVirtual().unstarted(this::ask))
            .toList();
  }

  static Greetings start(int port, int askers) {
    Greetings greetings = new Greetings(port, askers);
    greetings.askers.forEach(Thread::start);
    return greetings;
  }

  private void ask() {
    try (HttpConnection connection = new HttpConnection(Addresses.HOST, port)) {
      while (!closed) {
        long before = System.nanoTime();
        try {
          Answer answer = connection.send(Request.get("/"), DEADLINE);
          if (answer.status() == 200) {
            answeredBy.merge(answer.body().strip(), 1, Integer::sum);
          } else {
            failures.add(answer.toString());
          }
        } catch (IOException e) {
          failures.add(e.toString());
        }
        longest.accumulateAndGet(System.nanoTime() - before, Math::max);
        LockSupport.parkNanos(BREATH.toNanos());
      }
    }
  }

  /** How many answers each server gave. */
  Map<String, Integer> answeredBy() {
    return Map.copyOf(answeredBy);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  Duration longest() {
    return Duration.ofNanos(longest.get());
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread asker : askers) {
      asker.join(DEADLINE);
    }
  }
}
