package io.migrationmonkey.lab.faults;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.HttpConnection;
import io.migrationmonkey.lab.http.Request;
import io.migrationmonkey.lab.stack.Addresses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks both servers themselves, not through the proxy, at the same moment and again and again,
 * whether the application works there. Both in one round means that both accept writes.
 */
final class SplitBrainSampler implements AutoCloseable {

  private static final Duration EVERY = Duration.ofMillis(50);

  /**
   * An answer that comes later says nothing about the moment of the round. Between the last answer
   * of one server and the first of the other lie a stop, a copy and a start: more than this.
   */
  private static final Duration ROUND = Duration.ofMillis(300);

  private static final int KEPT = 5;

  private final Map<ServerName, HttpConnection> connections = new EnumMap<>(ServerName.class);
  private final ExecutorService askers = Executors.newFixedThreadPool(2);
  private final List<String> both = new ArrayList<>();
  private final long startedAt = System.nanoTime();
  private final Thread thread;
  private int rounds;
  private int bothCount;
  private volatile boolean closed;

  private SplitBrainSampler(Map<ServerName, Integer> ports) {
    ports.forEach(
        (server, port) -> connections.put(server, new HttpConnection(Addresses.HOST, port)));
    this.thread = Thread.ofPlatform().name("split-brain sampler").daemon().unstarted(this::sample);
  }

  static SplitBrainSampler start(Addresses addresses) {
    Map<ServerName, Integer> ports = new EnumMap<>(ServerName.class);
    for (ServerName server : ServerName.values()) {
      ports.put(server, addresses.application(server));
    }
    return start(ports);
  }

  static SplitBrainSampler start(Map<ServerName, Integer> ports) {
    SplitBrainSampler sampler = new SplitBrainSampler(ports);
    sampler.thread.start();
    return sampler;
  }

  /**
   * What it saw.
   *
   * @param both how many rounds found both servers at work
   * @param firstBoth when the first few of these were
   */
  record Sighting(int rounds, int both, List<String> firstBoth) {}

  synchronized Sighting sighting() {
    return new Sighting(rounds, bothCount, List.copyOf(both));
  }

  private void sample() {
    while (!closed) {
      long begun = System.nanoTime();
      round();
      LockSupport.parkNanos(EVERY.toNanos() - (System.nanoTime() - begun));
    }
  }

  private void round() {
    List<Future<Boolean>> answers =
        connections.values().stream()
            .map(connection -> askers.submit(() -> works(connection)))
            .toList();
    int working = 0;
    for (Future<Boolean> answer : answers) {
      try {
        working += answer.get() ? 1 : 0;
      } catch (InterruptedException e) {
        closed = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException("a server could not be asked", e);
      }
    }
    tell(working == 2);
  }

  private synchronized void tell(boolean bothWork) {
    rounds++;
    if (bothWork) {
      bothCount++;
      if (both.size() < KEPT) {
        both.add("%d ms after the start".formatted((System.nanoTime() - startedAt) / 1_000_000));
      }
    }
  }

  private static boolean works(HttpConnection connection) {
    long begun = System.nanoTime();
    try {
      Answer answer = connection.send(Request.get("/health"), ROUND);
      return answer.status() == 200 && System.nanoTime() - begun < ROUND.toNanos();
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join(Duration.ofSeconds(20));
    askers.shutdownNow();
    connections.values().forEach(HttpConnection::close);
  }
}
