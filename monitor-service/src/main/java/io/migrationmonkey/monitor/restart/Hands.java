package io.migrationmonkey.monitor.restart;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Asks root's helper on this server, {@code migration-monkey-hands}: the monitor itself may touch
 * nothing. One connection is one request, a line, and one answer, the rest.
 */
public final class Hands {

  private static final int LONGEST_ANSWER = 64 * 1024;

  private final Path socket;
  private final Clock clock;

  public Hands(Path socket, Clock clock) {
    this.socket = socket;
    this.clock = clock;
  }

  /**
   * Asks.
   *
   * @return the whole answer
   * @throws IOException where there is none in time
   */
  String ask(String request, Duration atMost) throws IOException {
    Instant deadline = clock.instant().plus(atMost);
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Selector selector = Selector.open()) {
      channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.shutdownOutput();
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      ByteBuffer answer = ByteBuffer.allocate(LONGEST_ANSWER);
      while (true) {
        long left = Duration.between(clock.instant(), deadline).toMillis();
        if (left <= 0 || left > atMost.toMillis()) {
          throw new IOException("no answer within %d ms".formatted(atMost.toMillis()));
        }
        selector.select(left);
        selector.selectedKeys().clear();
        if (channel.read(answer) < 0) {
          return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8).strip();
        }
        if (!answer.hasRemaining()) {
          throw new IOException("the answer is longer than %d bytes".formatted(LONGEST_ANSWER));
        }
      }
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(socket, e.getMessage()), e);
    }
  }
}
