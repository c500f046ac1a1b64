package io.migrationmonkey.proxy.underload;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.forwarding.Frame;
import io.migrationmonkey.proxy.forwarding.HostPort;
import io.migrationmonkey.proxy.forwarding.TestServer;
import io.migrationmonkey.proxy.forwarding.TestServer.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** The application on both servers: says who answers, and counts what was posted to it in full. */
final class Application implements AutoCloseable {

  static final byte[] DOWNLOAD = pattern(1_000_000);

  private final TestServer production = TestServer.named("production");
  private final TestServer backup = TestServer.named("backup");
  private final Map<String, Integer> posts = new ConcurrentHashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);

  Application() {
    production.answers(this::answer);
    backup.answers(this::answer);
  }

  HostPort address(ServerName server) {
    return server(server).address();
  }

  TestServer server(ServerName name) {
    return name == ServerName.PRODUCTION ? production : backup;
  }

  /** How often each post arrived in full, at either server. */
  Map<String, Integer> posts() {
    return Map.copyOf(posts);
  }

  private void answer(Call call) throws Exception {
    String path = call.path();
    if (path.startsWith("/posts/")) {
      byte[] body = call.body();
      posts.merge(path, 1, Integer::sum);
      ok(call, crc(body).getBytes(StandardCharsets.ISO_8859_1));
    } else if (path.equals("/download")) {
      ok(call, DOWNLOAD);
    } else if (path.equals("/events")) {
      events(call);
    } else if (path.equals("/socket")) {
      echo(call);
    } else {
      ok(call, "small".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private static void ok(Call call, byte[] body) throws IOException {
    byte[] head =
        "HTTP/1.1 200 OK\r\nX-Server: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(call.server().name, body.length)
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    call.out().write(all);
  }

  private void events(Call call) throws Exception {
    call.write(
        "HTTP/1.1 200 OK\r\nX-Server: %s\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            .formatted(call.server().name));
    do {
      call.write("9\r\ndata: x\n\n\r\n");
    } while (!over.await(20, TimeUnit.MILLISECONDS));
  }

  private static void echo(Call call) throws IOException {
    String switched =
        "HTTP/1.1 101 Switching Protocols\r\nX-Server: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: x\r\n\r\n";
    call.write(switched.formatted(call.server().name));
    call.upgraded = true;
    Frame frame;
    while ((frame = Frame.readFrame(call.in())) != null) {
      call.out().write(Frame.frame(frame.opcode(), frame.last(), frame.payload(), false));
      if (frame.opcode() == 8) {
        return;
      }
    }
  }

  static byte[] pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  static String crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return Long.toHexString(crc.getValue());
  }

  @Override
  public void close() {
    over.countDown();
    production.close();
    backup.close();
  }
}
