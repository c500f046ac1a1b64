package io.migrationmonkey.monitor.disturbed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands where the migrator is, on one address all the time: takes orders as that does, one
 * migration for a key, and can be away in each way that a migrator can.
 */
final class MigratorOfOrders implements AutoCloseable {

  /** How a migrator can be away. */
  enum Away {
    /** Nobody listens. */
    GONE,
    /** Connections are taken and nothing is said, as by a frozen process. */
    FROZEN,
    /** Something answers for it that it is not there. */
    BROKEN
  }

  private final Map<String, String> migrations = new ConcurrentSkipListMap<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;
  private HttpServer server;
  private volatile CountDownLatch frozen = new CountDownLatch(0);
  private volatile boolean broken;

  MigratorOfOrders() {
    server = listen(0);
    port = server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void leave(Away how) {
    come();
    switch (how) {
      case GONE -> {
        server.stop(0);
        server = null;
      }
      case FROZEN -> frozen = new CountDownLatch(1);
      case BROKEN -> broken = true;
    }
  }

  /** Is there again; what was asked while it was frozen it does now, as a thawed process would. */
  void come() {
    broken = false;
    frozen.countDown();
    if (server == null) {
      server = listen(port);
    }
  }

  /** The keys of all orders that came to somebody, in their order. */
  List<String> keys() {
    return List.copyOf(keys);
  }

  /** How many migrations came of them. */
  int migrations() {
    return migrations.size();
  }

  void forget() {
    keys.clear();
    migrations.clear();
  }

  private HttpServer listen(int at) {
    try {
      HttpServer listening =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
      listening.setExecutor(threads);
      listening.createContext("/api/", this::answer);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      boolean order =
          exchange.getRequestMethod().equals("POST")
              && exchange.getRequestURI().getPath().equals("/api/migrations");
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
      if (order) {
        keys.add(key);
      }
      frozen.await();
      if (broken) {
        exchange.sendResponseHeaders(500, -1);
        return;
      }
      String body = exchange.getRequestURI().getPath().endsWith("/migrations") ? "[]" : "{}";
      if (order) {
        String id = migrations.computeIfAbsent(key, unknown -> "m-" + (migrations.size() + 1));
        exchange.getResponseHeaders().add("Location", "/api/migrations/" + id);
      } else if (exchange.getRequestURI().getPath().contains("/m-")) {
        body = "{\"state\":\"RUNNING\"}";
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(order ? 202 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    come();
    server.stop(0);
    threads.shutdownNow();
  }
}
