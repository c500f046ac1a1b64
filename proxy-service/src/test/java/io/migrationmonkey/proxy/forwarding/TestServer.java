package io.migrationmonkey.proxy.forwarding;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An application's server on a real socket, whose answers a test writes byte by byte. */
public final class TestServer implements AutoCloseable {

  /** Answers one request; may throw, which closes the connection. */
  public interface Script {
    void answer(Call call) throws Exception;
  }

  public final String name;
  private final int port;
  private volatile ServerSocket listening;
  private volatile Thread accepting;
  private volatile Script script = call -> call.ok(call.server().name);
  private final List<String> heads = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Long> arrivals = new ArrayList<>();

  private TestServer(String name, ServerSocket listening) {
    this.name = name;
    this.listening = listening;
    this.port = listening.getLocalPort();
    accepting = Thread.ofPlatform().daemon().start(this::accept);
  }

  public static TestServer named(String name) {
    return new TestServer(name, bind(0));
  }

  public TestServer answers(Script next) {
    script = next;
    return this;
  }

  public int port() {
    return port;
  }

  public HostPort address() {
    return new HostPort("127.0.0.1", port);
  }

  /** Every request's head so far, in order of arrival. */
  public List<String> heads() {
    synchronized (arrivals) {
      return List.copyOf(heads);
    }
  }

  public List<String> paths() {
    return heads().stream().map(head -> head.split(" ")[1]).toList();
  }

  /** Connections accepted so far. */
  public int connections() {
    return connections.get();
  }

  /** Connections open now. */
  public int open() {
    return sockets.size();
  }

  /** Waits for the first request since {@link #forget}, and says when it came. */
  public long awaitFirst() throws InterruptedException {
    synchronized (arrivals) {
      while (arrivals.isEmpty()) {
        arrivals.wait(10_000);
      }
      return arrivals.getFirst();
    }
  }

  /** Forgets the requests so far. */
  public void forget() {
    synchronized (arrivals) {
      heads.clear();
      arrivals.clear();
    }
  }

  /** Closes every open connection, as a server that has had enough of idle ones. */
  public void closeConnections() {
    for (Socket socket : sockets) {
      quietly(socket::close);
    }
  }

  public void stop() {
    quietly(listening::close);
    // Until its thread has woken up, the kernel still completes connections.
    quietly(accepting::join);
    closeConnections();
  }

  public void startAgain() {
    listening = bind(port);
    accepting = Thread.ofPlatform().daemon().start(this::accept);
  }

  @Override
  public void close() {
    stop();
  }

  private static ServerSocket bind(int port) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    ServerSocket mine = listening;
    while (!mine.isClosed()) {
      try {
        Socket socket = mine.accept();
        sockets.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String head;
      while ((head = readHead(in)) != null) {
        long now = System.nanoTime();
        synchronized (arrivals) {
          arrivals.add(now);
          heads.add(head);
          arrivals.notifyAll();
        }
        Call call = new Call(this, socket, in, socket.getOutputStream(), head);
        script.answer(call);
        if (call.upgraded) {
          return;
        }
      }
    } catch (Exception e) {
      // A connection that broke is what many of the tests are about.
    } finally {
      sockets.remove(socket);
    }
  }

  static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    int b;
    while ((b = in.read()) >= 0) {
      head.write(b);
      matched = (b == "\r\n\r\n".charAt(matched)) ? matched + 1 : (b == '\r' ? 1 : 0);
      if (matched == 4) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElse(null);
  }

  private static void quietly(AutoCloseable close) {
    try {
      close.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** One request, and the connection to answer it on. */
  public static final class Call {

    private final TestServer server;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String head;
    private byte[] body;
    public boolean upgraded;

    Call(TestServer server, Socket socket, InputStream in, OutputStream out, String head) {
      this.server = server;
      this.socket = socket;
      this.in = in;
      this.out = out;
      this.head = head;
    }

    public TestServer server() {
      return server;
    }

    public String head() {
      return head;
    }

    public Socket socket() {
      return socket;
    }

    public InputStream in() {
      return in;
    }

    public OutputStream out() {
      return out;
    }

    public String path() {
      return head.split(" ")[1];
    }

    /** The request's body, chunked or not. */
    public byte[] body() throws IOException {
      if (body == null) {
        body = RawClient.body(in, head, false);
      }
      return body;
    }

    public void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** 200 with a body, after the request's own was read. */
    public void ok(String text) throws IOException {
      body();
      write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(text.length(), text));
    }
  }
}
