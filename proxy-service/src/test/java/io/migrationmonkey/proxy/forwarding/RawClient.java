package io.migrationmonkey.proxy.forwarding;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that says exactly what the test says, and fails where a response is not whole. */
public final class RawClient implements AutoCloseable {

  /** A response. */
  public record Response(int status, String head, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    public String header(String name) {
      return TestServer.header(head, name);
    }
  }

  private final Socket socket;
  private final InputStream in;
  private boolean nextAnswersHead;

  public RawClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  public RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  public Socket socket() {
    return socket;
  }

  public InputStream in() {
    return in;
  }

  public RawClient send(String text) throws IOException {
    nextAnswersHead = text.startsWith("HEAD ");
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  public RawClient get(String path) throws IOException {
    return send("GET %s HTTP/1.1\r\nHost: app\r\n\r\n".formatted(path));
  }

  public RawClient post(String path, String body) throws IOException {
    return send(
        "POST %s HTTP/1.1\r\nHost: app\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, body.length(), body));
  }

  public Response read() throws IOException {
    String head = TestServer.readHead(in);
    if (head == null) {
      throw new EOFException("the connection closed before a response");
    }
    int status = Integer.parseInt(head.split(" ")[1]);
    boolean empty = nextAnswersHead || status < 200 || status == 204 || status == 304;
    return new Response(status, head, empty ? new byte[0] : body(in, head, true));
  }

  /** True when nothing more comes and the connection closes. */
  boolean closed() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  static byte[] body(InputStream in, String head, boolean response) throws IOException {
    String length = TestServer.header(head, "content-length");
    if ("chunked".equalsIgnoreCase(TestServer.header(head, "transfer-encoding"))) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      int size;
      while ((size = Integer.parseInt(line(in).split(";")[0].trim(), 16)) > 0) {
        body.write(exactly(in, size));
        line(in);
      }
      while (!line(in).isEmpty()) {}
      return body.toByteArray();
    }
    if (length != null) {
      return exactly(in, Integer.parseInt(length));
    }
    return response ? in.readAllBytes() : new byte[0];
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("%d of %d bytes came".formatted(bytes.length, size));
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int b;
    while ((b = in.read()) != '\n') {
      if (b < 0) {
        throw new EOFException("the connection closed within a chunked body");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }
}
