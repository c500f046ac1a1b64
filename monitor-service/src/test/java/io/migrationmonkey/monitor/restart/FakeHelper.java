package io.migrationmonkey.monitor.restart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Root's helper, at its socket, with answers of a test's own. */
final class FakeHelper implements AutoCloseable {

  private final ServerSocketChannel server;
  private final Thread thread;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile Function<String, String> answers = request -> "";

  FakeHelper(Path socket) {
    try {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().daemon().start(this::serve);
  }

  void answers(Function<String, String> answers) {
    this.answers = answers;
  }

  /** What was asked beside looks. */
  List<String> orders() {
    return asked.stream().filter(request -> !request.startsWith("look")).toList();
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        ByteBuffer request = ByteBuffer.allocate(1000);
        while (channel.read(request) >= 0) {
          // Until the asker has said all.
        }
        String line =
            new String(request.array(), 0, request.position(), StandardCharsets.UTF_8).strip();
        asked.add(line);
        channel.write(ByteBuffer.wrap(answers.apply(line).getBytes(StandardCharsets.UTF_8)));
      } catch (IOException closed) {
        // The test is over, or the asker did not wait.
      }
    }
  }

  static String unit(String active, String enabled) {
    return "LoadState=loaded\nActiveState=%s\nUnitFileState=%s\nNRestarts=0\n"
        .formatted(active, enabled);
  }

  @Override
  public void close() {
    try {
      server.close();
      // A thread that still waits in accept keeps the socket open, and may take one more
      // connection.
      thread.join(Duration.ofSeconds(10));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
