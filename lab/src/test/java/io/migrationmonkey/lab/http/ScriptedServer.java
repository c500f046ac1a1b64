package io.migrationmonkey.lab.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Answers each request with the next of the given bytes, right or wrong, on one connection after
 * the other. {@link #HANG_UP} closes the connection, an empty answer keeps silent.
 */
public final class ScriptedServer implements AutoCloseable {

  public static final String HANG_UP = "hang up";

  private final ServerSocket socket;
  private final Queue<String> answers;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();

  private ScriptedServer(List<String> answers) {
    this.answers = new ArrayDeque<>(answers);
    try {
      this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ScriptedServer answering(String... answers) {
    ScriptedServer server = new ScriptedServer(List.of(answers));
    Thread.ofVirtual().start(server::serve);
    return server;
  }

  public int port() {
    return socket.getLocalPort();
  }

  public int connections() {
    return connections.size();
  }

  public List<String> requests() {
    return requests;
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        converse(connection);
      } catch (IOException e) {
        // The client or the test has closed it: on to the next connection, if there is one.
      }
    }
  }

  private void converse(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    for (String request = request(in); request != null; request = request(in)) {
      requests.add(request);
      String answer = answers.poll();
      if (answer == null || answer.endsWith(HANG_UP)) {
        String before =
            answer == null ? "" : answer.substring(0, answer.length() - HANG_UP.length());
        connection.getOutputStream().write(before.getBytes(StandardCharsets.UTF_8));
        connection.close();
        return;
      }
      connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String request(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return null;
      }
      head.append((char) c);
    }
    int length = 0;
    for (String line : head.toString().split("\r\n")) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
