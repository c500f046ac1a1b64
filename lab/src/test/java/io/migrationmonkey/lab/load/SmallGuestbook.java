package io.migrationmonkey.lab.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.migrationmonkey.contract.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** A guestbook in memory that can be told to misbehave. */
final class SmallGuestbook implements AutoCloseable {

  final List<String> texts = new CopyOnWriteArrayList<>();
  volatile UnaryOperator<Integer> status = usual -> usual;
  volatile boolean forgetful;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  SmallGuestbook() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/entries", this::entries);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void entries(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("POST")) {
      Guestbook.Entry entry = Wire.read(body, Guestbook.Entry.class);
      if (!forgetful) {
        texts.add(entry.text());
      }
      answer(exchange, status.apply(201), Wire.write(entry));
    } else {
      answer(
          exchange,
          status.apply(200),
          Wire.write(
              new Guestbook.Page(
                  texts.stream().map(text -> new Guestbook.Entry("a", text)).toList())));
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("X-Served-By", "production");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
