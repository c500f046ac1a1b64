package io.migrationmonkey.lab.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection of HTTP/1.1, for one thread. It connects when first used and again
 * after a failure or a {@code Connection: close}.
 *
 * <p>Written on a plain socket because the JDK's client repeats some requests by itself: whoever
 * counts failures must see each of them. A request goes out once. Whatever is not a whole answer in
 * time is an {@link IOException}; a status of 500 is an answer.
 */
public final class HttpConnection implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final String host;
  private final int port;
  private @Nullable Line line;

  public HttpConnection(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /** Reads the body of an answer while it comes. */
  public interface BodyReader<T> {
    T read(Head head, InputStream body) throws IOException;
  }

  /** Sends once and waits for the whole answer. */
  public Answer send(Request request, Duration deadline) throws IOException {
    return exchange(
        request,
        deadline,
        (head, body) -> new Answer(head, new String(body.readAllBytes(), StandardCharsets.UTF_8)));
  }

  /** Sends once and hands the body over while it comes; the deadline covers all of it. */
  public <T> T exchange(Request request, Duration deadline, BodyReader<T> reader)
      throws IOException {
    boolean reusable = false;
    try {
      Line current = connected();
      current.expireAfter(deadline);
      current.socket.getOutputStream().write(request.bytes(host + ":" + port));
      Head head = Head.read(current.in);
      while (head.interim()) {
        head = Head.read(current.in);
      }
      FramedBody body = FramedBody.of(head, current.in);
      T result = reader.read(head, body);
      reusable = body.ended() && !head.closes();
      return result;
    } catch (SocketTimeoutException e) {
      throw new HttpFailure("no whole answer within %d ms".formatted(deadline.toMillis()), e);
    } finally {
      if (!reusable) {
        close();
      }
    }
  }

  @Override
  public void close() {
    Line current = line;
    line = null;
    if (current != null) {
      current.close();
    }
  }

  private Line connected() throws IOException {
    Line current = line;
    if (current == null) {
      current = Line.to(host, port);
      line = current;
    }
    return current;
  }

  /** An open socket whose reads share one deadline. */
  private static final class Line {

    private final Socket socket;
    private final InputStream in;
    private long expiresAt;
    private Duration deadline = Duration.ZERO;

    private Line(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(new Timed(socket.getInputStream()), 16_384);
    }

    static Line to(String host, int port) throws IOException {
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
        return new Line(socket);
      } catch (IOException e) {
        socket.close();
        throw new HttpFailure(
            "can't connect to %s:%d: %s".formatted(host, port, e.getMessage()), e);
      }
    }

    void expireAfter(Duration after) {
      deadline = after;
      expiresAt = System.nanoTime() + after.toNanos();
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a socket that can't be closed", e);
      }
    }

    /** Gives each read what is left of the deadline. */
    private final class Timed extends InputStream {

      private final InputStream raw;

      Timed(InputStream raw) {
        this.raw = raw;
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        long left = (expiresAt - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new SocketTimeoutException("after " + deadline);
        }
        socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
        return raw.read(into, offset, length);
      }
    }
  }
}
