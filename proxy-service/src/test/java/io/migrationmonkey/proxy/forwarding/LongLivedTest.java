package io.migrationmonkey.proxy.forwarding;

import static io.migrationmonkey.proxy.forwarding.Frame.frame;
import static io.migrationmonkey.proxy.forwarding.Frame.readFrame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.routing.HoldOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets and event streams: passed on as they are, and ended where a drain has to end. */
class LongLivedTest {

  private static final String UPGRADE =
      "GET /ws HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n";
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: x\r\n\r\n";

  private final ProxyUnderTest proxy = ProxyUnderTest.started();

  @AfterEach
  void stop() {
    proxy.close();
  }

  /** Sends each frame back as it came, unmasked, and notes how the proxy said good-bye. */
  private final AtomicReference<Frame> serversLast = new AtomicReference<>();

  private void echo() {
    proxy.production.answers(call -> {
      call.write(SWITCHED);
      call.upgraded = true;
      Frame frame;
      while ((frame = readFrame(call.in())) != null) {
        serversLast.set(frame);
        call.out().write(frame(frame.opcode(), frame.last(), frame.payload(), false));
        call.out().flush();
      }
    });
  }

  private RawClient webSocket() throws Exception {
    RawClient client = proxy.client().send(UPGRADE);
    assertThat(client.read().status()).isEqualTo(101);
    return client;
  }

  private static void send(RawClient client, byte[] frame) throws IOException {
    client.socket().getOutputStream().write(frame);
    client.socket().getOutputStream().flush();
  }

  private double ended(String kind) {
    return proxy.count("monkey_long_lived_ended", "kind", kind);
  }

  @Test
  void framesOfEveryKindPassAsTheyAre() throws Exception {
    echo();
    try (RawClient client = webSocket()) {
      byte[] large = new byte[3_000_000];
      for (int i = 0; i < large.length; i++) {
        large[i] = (byte) i;
      }
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  send(client, frame(1, false, "frag".getBytes(), true));
                  send(client, frame(9, true, "ping".getBytes(), true));
                  send(client, frame(0, true, "ment".getBytes(), true));
                  send(client, frame(2, true, new byte[300], true));
                  send(client, frame(2, true, large, true));
                  send(client, frame(8, true, new byte[] {0x03, (byte) 0xe8}, true));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(readFrame(client.in()).payload()).asString().isEqualTo("frag");
      assertThat(readFrame(client.in()).opcode()).isEqualTo(9);
      assertThat(readFrame(client.in()).payload()).asString().isEqualTo("ment");
      assertThat(readFrame(client.in()).payload()).hasSize(300);
      assertThat(readFrame(client.in()).payload()).isEqualTo(large);
      assertThat(readFrame(client.in()).code()).isEqualTo(1000);
      sender.join();
    }
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1009, 1011, 3000, 4999})
  void everyCloseCodePassesBothWays(int code) throws Exception {
    echo();
    try (RawClient client = webSocket()) {
      byte[] payload = {(byte) (code >> 8), (byte) code, 'w', 'h', 'y'};
      send(client, frame(8, true, payload, true));
      assertThat(readFrame(client.in()).payload()).isEqualTo(payload);
    }
    assertThat(serversLast.get().payload()).hasSize(5);
    assertThat(ended("websocket")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536})
  void framesPassAtEveryBoundaryOfTheirLength(int length) throws Exception {
    echo();
    try (RawClient client = webSocket()) {
      for (int i = 0; i < 3; i++) {
        send(client, frame(2, true, new byte[length], true));
        assertThat(readFrame(client.in()).payload()).hasSize(length);
      }
      proxy.hold("m-1");
      assertThat(readFrame(client.in()).code()).isEqualTo(1012);
    }
  }

  @Test
  void aFrameMayComeByteByByte() throws Exception {
    echo();
    try (RawClient client = webSocket()) {
      for (byte b : frame(9, true, "ping".getBytes(), true)) {
        send(client, new byte[] {b});
      }
      Frame pong = readFrame(client.in());
      assertThat(pong.opcode()).isEqualTo(9);
      assertThat(pong.payload()).asString().isEqualTo("ping");
    }
  }

  @Test
  void aHoldEndsAWebSocketAtTheDrainDeadlineWithServiceRestart() throws Exception {
    echo();
    try (RawClient client = webSocket()) {
      send(client, frame(1, true, "before".getBytes(), true));
      assertThat(readFrame(client.in()).payload()).asString().isEqualTo("before");
      proxy.hold("m-1");
      send(client, frame(1, true, "meanwhile".getBytes(), true));
      assertThat(readFrame(client.in()).payload()).asString().isEqualTo("meanwhile");
      assertThat(readFrame(client.in()).code()).isEqualTo(1012);
      await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
      send(client, frame(8, true, new byte[] {0x03, (byte) 0xf4}, true));
      assertThat(client.closed()).isTrue();
    }
    await().untilAsserted(() -> assertThat(serversLast.get().opcode()).isEqualTo(8));
    assertThat(serversLast.get().code()).isEqualTo(1001);
    assertThat(ended("websocket")).isEqualTo(1);
  }

  @Test
  void theCloseNeverCutsAFrameInTwo() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    proxy.production.answers(call -> {
      call.write(SWITCHED);
      call.upgraded = true;
      byte[] frame = frame(2, true, new byte[1000], false);
      call.out().write(frame, 0, 500);
      call.out().flush();
      rest.await();
      call.out().write(frame, 500, frame.length - 500);
      call.out().write(frame, 0, 100);
      call.out().flush();
      call.in().read();
    });
    try (RawClient client = webSocket()) {
      proxy.flipTo(ServerName.BACKUP);
      await().untilAsserted(() -> assertThat(ended("websocket")).isEqualTo(1));
      rest.countDown();
      assertThat(readFrame(client.in()).payload()).hasSize(1000);
      assertThat(readFrame(client.in()).code()).isEqualTo(1012);
    }
  }

  @Test
  void aHoldThatIsTakenBackBeforeTheDeadlineEndsNothing() throws Exception {
    echo();
    try (RawClient client = webSocket()) {
      proxy.hold("m-1");
      proxy.gate.follow(proxy.gate.state().route(), new HoldOrder.Open());
      await().pollDelay(java.time.Duration.ofMillis(400)).until(() -> true);
      send(client, frame(1, true, "still".getBytes(), true));
      assertThat(readFrame(client.in()).payload()).asString().isEqualTo("still");
    }
    assertThat(ended("websocket")).isZero();
  }

  @Test
  void anEventStreamGoesOnToTheDrainDeadlineAndEndsWhole() throws Exception {
    CountDownLatch serverSawTheEnd = new CountDownLatch(1);
    proxy.production.answers(call -> {
      call.write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "9\r\ndata: 1\n\n\r\n");
      if (call.in().read() < 0) {
        serverSawTheEnd.countDown();
      }
    });
    try (RawClient client = proxy.client().get("/events")) {
      await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isEqualTo(1));
      proxy.flipTo(ServerName.BACKUP);
      assertThat(client.read().text()).isEqualTo("data: 1\n\n");
      assertThat(client.get("/").read().text()).isEqualTo("backup");
    }
    assertThat(serverSawTheEnd.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(ended("event_stream")).isEqualTo(1);
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
  }

  @Test
  void anOrdinaryDownloadIsNotCutAtTheDrainDeadline() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
      await().pollDelay(java.time.Duration.ofMillis(600)).until(() -> true);
      call.write("-last");
    });
    try (RawClient client = proxy.client().get("/")) {
      await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isEqualTo(1));
      proxy.flipTo(ServerName.BACKUP);
      assertThat(client.read().text()).isEqualTo("first-last");
    }
  }

  @Test
  void oneSideOfATunnelMayEndBeforeTheOther() throws Exception {
    proxy.production.answers(call -> {
      call.write(SWITCHED);
      call.upgraded = true;
      byte[] all = call.in().readAllBytes();
      call.write(new String(all, StandardCharsets.ISO_8859_1) + "!");
    });
    try (RawClient client = webSocket()) {
      client.send("abc");
      client.socket().shutdownOutput();
      assertThat(new String(client.in().readAllBytes())).isEqualTo("abc!");
    }
    await().untilAsserted(() -> assertThat(proxy.gate.state().allInFlight()).isZero());
  }

  @Test
  void theHandshakePassesBothWays() throws Exception {
    proxy.production.answers(call -> {
      call.write(
          "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: upgrade\r\n"
              + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
              + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x; a=1\r\n\r\n");
      call.upgraded = true;
    });
    String[] asked = {
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: chat, superchat",
      "Sec-WebSocket-Extensions: x; a=1, y",
      "Origin: http://example.com"
    };
    try (RawClient client = proxy.client()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: app\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
              + String.join("\r\n", asked)
              + "\r\n\r\n");
      RawClient.Response response = client.read();
      assertThat(response.head().lines())
          .contains(
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
              "Sec-WebSocket-Protocol: chat",
              "Sec-WebSocket-Extensions: x; a=1");
      assertThat(response.header("upgrade")).isEqualTo("websocket");
      assertThat(response.header("connection")).isEqualToIgnoringCase("upgrade");
    }
    String sent = proxy.production.heads().getLast();
    assertThat(sent.lines()).contains(asked);
    assertThat(sent.toLowerCase()).contains("upgrade: websocket\r\n", "connection: upgrade\r\n");
  }

  @Test
  void aHandshakeThatTheServerRefusesEndsAsItSays() throws Exception {
    proxy.production.answers(call ->
        call.write(
            "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13, 8\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n"));
    try (RawClient client = proxy.client().send(UPGRADE)) {
      RawClient.Response response = client.read();
      assertThat(response.status()).isEqualTo(426);
      assertThat(response.header("sec-websocket-version")).isEqualTo("13, 8");
    }
  }

  @Test
  void fragmentsWithReservedBitsPassByteForByte() throws Exception {
    byte[] first = frame(1, false, "frag".getBytes(), true);
    first[0] |= 0x40;
    byte[] control = frame(0xb, true, "control".getBytes(), true);
    byte[] last = frame(0, true, "ment".getBytes(), true);
    last[0] |= 0x30;
    int size = first.length + control.length + last.length;
    AtomicReference<byte[]> seen = new AtomicReference<>();
    proxy.production.answers(call -> {
      call.write(SWITCHED);
      call.upgraded = true;
      byte[] all = call.in().readNBytes(size);
      seen.set(all);
      call.out().write(all);
      call.out().flush();
      call.in().read();
    });
    byte[] sent = java.nio.ByteBuffer.allocate(size).put(first).put(control).put(last).array();
    try (RawClient client = webSocket()) {
      send(client, sent);
      assertThat(client.in().readNBytes(size)).isEqualTo(sent);
    }
    assertThat(seen.get()).isEqualTo(sent);
  }

  @Test
  void aCloseOfItsOwnIsOneShortFrameMaskedAnewForEachServer() throws Exception {
    java.util.List<byte[]> closes = new java.util.concurrent.CopyOnWriteArrayList<>();
    proxy.production.answers(call -> {
      call.write(SWITCHED);
      call.upgraded = true;
      closes.add(call.in().readAllBytes());
    });
    try (RawClient one = webSocket();
        RawClient two = webSocket()) {
      proxy.hold("m-1");
      for (RawClient client : new RawClient[] {one, two}) {
        assertThat(client.in().readNBytes(4)).containsExactly(0x88, 2, 0x03, 0xf4);
        send(client, frame(1, true, "too late".getBytes(), true));
        send(client, frame(8, true, new byte[] {0x03, (byte) 0xf4}, true));
        assertThat(client.closed()).as("nothing follows a close").isTrue();
      }
    }
    await().until(() -> closes.size() == 2);
    for (byte[] close : closes) {
      assertThat(close).hasSize(8).startsWith(0x88, 0x82);
      Frame read = readFrame(new java.io.ByteArrayInputStream(close));
      assertThat(read.code()).isEqualTo(1001);
    }
    assertThat(java.util.Arrays.copyOfRange(closes.get(0), 2, 6))
        .as("the mask")
        .isNotEqualTo(java.util.Arrays.copyOfRange(closes.get(1), 2, 6));
  }
}
