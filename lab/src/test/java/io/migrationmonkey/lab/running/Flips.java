package io.migrationmonkey.lab.running;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.SwitchKey;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.HttpConnection;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.stack.Addresses;
import io.migrationmonkey.lab.stack.RedisConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Flips the switch by hand while connections ask without end who answers: how long from just before
 * SET until the first answer of the other server is here.
 */
final class Flips implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  // Without it the askers would take the processors from what they measure.
  private static final Duration BREATH = Duration.ofNanos(300_000);

  private final int port;
  private final RedisConnection redis;
  private final AtomicReference<Awaited> awaited = new AtomicReference<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> askers = new ArrayList<>();
  private volatile boolean closed;

  private Flips(int port, RedisConnection redis) {
    this.port = port;
    this.redis = redis;
  }

  static Flips start(int port, RedisConnection redis, int connections) {
    Flips flips = new Flips(port, redis);
    for (int i = 0; i < connections; i++) {
      flips.askers.add(Thread.ofPlatform().name("asker " + i).daemon().start(flips::ask));
    }
    return flips;
  }

  /** The first answer of this server, once it is here. */
  private static final class Awaited {
    final String server;
    final CountDownLatch here = new CountDownLatch(1);
    volatile long sentAt;
    volatile long answeredAt;

    Awaited(String server) {
      this.server = server;
    }
  }

  /**
   * One flip.
   *
   * @param toAnswer from just before SET to the end of the other server's first answer
   * @param toRequest from just before SET until that request was sent by its user; less than zero
   *     where it was sent before
   */
  record Flip(Duration toAnswer, Duration toRequest) {}

  Flip to(ServerName server) throws IOException, InterruptedException {
    Awaited first = new Awaited(server.toString());
    awaited.set(first);
    long before = System.nanoTime();
    redis.call("SET", SwitchKey.SWITCH, SwitchKey.valueFor(server));
    if (!first.here.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("%s did not answer within %s of SET".formatted(server, DEADLINE));
    }
    return new Flip(
        Duration.ofNanos(first.answeredAt - before), Duration.ofNanos(first.sentAt - before));
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  private void ask() {
    try (HttpConnection connection = new HttpConnection(Addresses.HOST, port)) {
      while (!closed) {
        long sentAt = System.nanoTime();
        Answer answer = connection.send(Request.get("/server"), DEADLINE);
        long answeredAt = System.nanoTime();
        if (answer.status() != 200) {
          failures.add(answer.toString());
        }
        Awaited first = awaited.get();
        if (first != null
            && answer.body().strip().equals(first.server)
            && awaited.compareAndSet(first, null)) {
          first.sentAt = sentAt;
          first.answeredAt = answeredAt;
          first.here.countDown();
        }
        LockSupport.parkNanos(BREATH.toNanos());
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread asker : askers) {
      asker.join(DEADLINE);
    }
  }
}
