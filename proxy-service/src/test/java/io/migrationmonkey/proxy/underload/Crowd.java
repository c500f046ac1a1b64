package io.migrationmonkey.proxy.underload;

import io.migrationmonkey.proxy.forwarding.Frame;
import io.migrationmonkey.proxy.forwarding.RawClient;
import io.migrationmonkey.proxy.forwarding.RawClient.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of every kind that an application has. Each fails at the slightest thing that a person
 * would notice, and at no other: a connection that was announced to close may close.
 */
final class Crowd implements AutoCloseable {

  /** What a client does over and over. */
  enum Kind {
    GET,
    GET_ON_A_NEW_CONNECTION,
    POST,
    CHUNKED_POST,
    DOWNLOAD,
    WEBSOCKET,
    EVENTS
  }

  /** One request that was answered as it should be. */
  record Answered(Kind kind, long began, long ended, String server) {

    double millis() {
      return (ended - began) / 1e6;
    }
  }

  private static final String EVENT = "data: x\n\n";
  private static final byte[] MEGABYTE = Application.pattern(1 << 20);
  private static final AtomicInteger IDS = new AtomicInteger();

  private final int port;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Set<String> posted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger longLivedEnded = new AtomicInteger();

  private Crowd(int port) {
    this.port = port;
  }

  /** Some clients of each kind, each with a little pause between its requests. */
  static Crowd at(int port) {
    Crowd crowd = new Crowd(port);
    for (int i = 0; i < 6; i++) {
      crowd.add(Kind.GET, 2);
    }
    crowd.addOneOfEach(20);
    crowd.addOneOfEach(10);
    return crowd;
  }

  /** One client of each kind, with longer pauses, so that other work gets on. */
  static Crowd calmlyAt(int port) {
    Crowd crowd = new Crowd(port);
    crowd.addOneOfEach(100);
    return crowd;
  }

  private void addOneOfEach(long pauseMillis) {
    for (Kind kind : Kind.values()) {
      add(kind, pauseMillis);
    }
  }

  private void add(Kind kind, long pauseMillis) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              Client client = new Client(kind);
              try {
                while (!over.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                  client.turn();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                client.hangUp();
              }
            }));
  }

  List<Answered> answers() {
    return List.copyOf(answers);
  }

  int count() {
    return count.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Posts that were answered 200. */
  Set<String> posted() {
    return Set.copyOf(posted);
  }

  /** WebSockets and event streams that were ended as it should be. */
  int longLivedEnded() {
    return longLivedEnded.get();
  }

  /** Ends when every client has had its last answer. */
  @Override
  public void close() throws InterruptedException {
    over.countDown();
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofSeconds(60))) {
        failures.add("a client got no answer within 60 seconds after the end");
      }
    }
  }

  private final class Client {

    private final Kind kind;
    private RawClient connection;

    private Client(Kind kind) {
      this.kind = kind;
    }

    void turn() {
      long began = System.nanoTime();
      try {
        String server =
            switch (kind) {
              case GET -> server(open().get("/small").read(), "small");
              case GET_ON_A_NEW_CONNECTION -> onNewConnection();
              case POST -> post(false);
              case CHUNKED_POST -> post(true);
              case DOWNLOAD -> download();
              case WEBSOCKET -> webSocket();
              case EVENTS -> events();
            };
        answers.add(new Answered(kind, began, System.nanoTime(), server));
        count.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        failures.add(
            "%s after %d ms: %s".formatted(kind, (System.nanoTime() - began) / 1_000_000, e));
        hangUp();
      }
    }

    private RawClient open() throws IOException {
      if (connection == null) {
        connection = new RawClient(port);
      }
      return connection;
    }

    void hangUp() {
      RawClient open = connection;
      connection = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    private String server(Response response, String expected) {
      return server(response, expected.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String server(Response response, byte[] expected) {
      if (response.status() != 200) {
        throw new IllegalStateException(response.status() + " " + response.text());
      }
      if (!Arrays.equals(response.body(), expected)) {
        throw new IllegalStateException("another body than the server sent");
      }
      hangUpIfTold(response);
      return response.header("X-Server");
    }

    private void hangUpIfTold(Response response) {
      if ("close".equalsIgnoreCase(response.header("Connection"))) {
        hangUp();
      }
    }

    private String onNewConnection() throws IOException {
      hangUp();
      String server = server(open().get("/small").read(), "small");
      hangUp();
      return server;
    }

    private String post(boolean chunked) throws IOException {
      String path = "/posts/" + IDS.incrementAndGet();
      OutputStream out = open().socket().getOutputStream();
      String framing =
          chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + MEGABYTE.length;
      out.write("POST %s HTTP/1.1\r\nHost: app\r\n%s\r\n\r\n".formatted(path, framing).getBytes());
      if (chunked) {
        writeChunks(out);
      } else {
        out.write(MEGABYTE);
      }
      String server = server(connection.read(), Application.crc(MEGABYTE));
      posted.add(path);
      return server;
    }

    private void writeChunks(OutputStream out) throws IOException {
      int chunk = 70_000;
      for (int at = 0; at < MEGABYTE.length; at += chunk) {
        int size = Math.min(chunk, MEGABYTE.length - at);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size + 16);
        bytes.writeBytes((Integer.toHexString(size) + "\r\n").getBytes());
        bytes.write(MEGABYTE, at, size);
        bytes.writeBytes("\r\n".getBytes());
        out.write(bytes.toByteArray());
      }
      out.write("0\r\n\r\n".getBytes());
    }

    private String download() throws IOException {
      return server(open().get("/download").read(), Application.DOWNLOAD);
    }

    /** From the upgrade to the close frame, which must say that the service comes back. */
    private String webSocket() throws IOException {
      hangUp();
      Response upgrade =
          open()
              .send(
                  "GET /socket HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n")
              .read();
      if (upgrade.status() != 101) {
        throw new IllegalStateException(upgrade.status() + " instead of 101");
      }
      byte[] said = "hello".getBytes();
      OutputStream out = connection.socket().getOutputStream();
      while (true) {
        say(out, Frame.frame(1, true, said, true));
        Frame heard = Frame.readFrame(connection.in());
        if (heard == null) {
          throw new IllegalStateException("the WebSocket ended without a close frame");
        }
        if (heard.opcode() == 8) {
          if (heard.code() != 1012) {
            throw new IllegalStateException("the WebSocket was closed with " + heard.code());
          }
          say(out, Frame.frame(8, true, heard.payload(), true));
          longLivedEnded.incrementAndGet();
          hangUp();
          return upgrade.header("X-Server");
        }
        if (!Arrays.equals(heard.payload(), said)) {
          throw new IllegalStateException("another echo than was said");
        }
        if (overWithin(2)) {
          hangUp();
          return upgrade.header("X-Server");
        }
      }
    }

    /**
     * From the first event to the last, which must be whole and followed by the end of the body.
     */
    private String events() throws IOException {
      hangUp();
      open().get("/events");
      StringBuilder head = new StringBuilder();
      String line;
      while (!(line = line()).isEmpty()) {
        head.append(line).append("\r\n");
      }
      String server =
          head.toString()
              .lines()
              .filter(l -> l.toLowerCase().startsWith("x-server:"))
              .map(l -> l.substring(9).trim())
              .findFirst()
              .orElseThrow(() -> new IllegalStateException(head.toString()));
      // Events are whole as a stream, however it is cut into chunks.
      int at = 0;
      while (!(line = line()).equals("0")) {
        for (byte each : connection.in().readNBytes(Integer.parseInt(line, 16))) {
          if (each != EVENT.charAt(at++ % EVENT.length())) {
            throw new IllegalStateException("another event than was sent");
          }
        }
        line();
        if (overWithin(0)) {
          hangUp();
          return server;
        }
      }
      if (at % EVENT.length() != 0) {
        throw new IllegalStateException("the last event was cut");
      }
      line();
      longLivedEnded.incrementAndGet();
      hangUp();
      return server;
    }

    // A client that was not run for a second may find that it was told good-bye and then closed:
    // what it was told still lies there to be read.
    private static void say(OutputStream out, byte[] frame) {
      try {
        out.write(frame);
      } catch (IOException e) {
        // What is read next says whether that is all right.
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      int b;
      while ((b = connection.in().read()) != '\n') {
        if (b < 0) {
          throw new IOException("the stream broke off");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    private boolean overWithin(long millis) throws IOException {
      try {
        return over.await(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }
}
