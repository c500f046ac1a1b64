package io.migrationmonkey.proxy.forwarding;

import static io.migrationmonkey.proxy.forwarding.Http2RawClient.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS in front: what is agreed on, what passes, and a certificate that changes. */
class TlsTest {

  private static final Watched WATCHED = new Watched();

  @AfterAll
  static void nothingLeaked() throws Exception {
    assertThat(WATCHED.leaks()).isEmpty();
    WATCHED.close();
  }

  private ProxyUnderTest.Limits limits;
  private ProxyUnderTest proxy = with(settings -> settings);

  @AfterEach
  void stop() {
    proxy.close();
    assertThat(WATCHED.errors()).isEmpty();
  }

  private ProxyUnderTest with(UnaryOperator<ProxyUnderTest.Limits> change) {
    return ProxyUnderTest.with(settings -> {
      try {
        settings.bundles.registerBundle("web", TestCertificate.named("first").bundle());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      settings.bundle = "web";
      limits = change.apply(settings);
      return limits;
    });
  }

  private void restart(UnaryOperator<ProxyUnderTest.Limits> change) {
    proxy.close();
    proxy = with(change);
  }

  private SSLSocket socket(String... protocols) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            TestCertificate.trusting()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), proxy.server.tlsPort());
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  private RawClient client() throws Exception {
    return new RawClient(socket());
  }

  private static String certificateOf(SSLSocket socket) throws IOException {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  private double closed(String reason) {
    return proxy.count("monkey_connections_closed", "reason", reason);
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2,true", "TLSv1.3,true", "TLSv1.2,false", "TLSv1.3,false"})
  void bothVersionsOfHttpAreSpokenOverBothVersionsOfTls(String version, boolean openssl)
      throws Exception {
    restart(settings -> {
      settings.openssl = openssl;
      return settings;
    });
    assertThat(OpenSsl.isAvailable()).isTrue();
    SSLSocket old = socket("http/1.1");
    old.setEnabledProtocols(new String[] {version});
    try (RawClient client = new RawClient(old)) {
      assertThat(client.get("/").read().text()).isEqualTo("production");
      assertThat(client.get("/").read().text()).isEqualTo("production");
      assertThat(old.getSession().getProtocol()).isEqualTo(version);
    }
    assertThat(proxy.production.heads().getLast().toLowerCase())
        .contains("x-forwarded-proto: https\r\n", "forwarded: for=127.0.0.1;proto=https\r\n");
    SSLSocket fresh = socket("h2", "http/1.1");
    fresh.setEnabledProtocols(new String[] {version});
    fresh.startHandshake();
    assertThat(fresh.getApplicationProtocol()).isEqualTo("h2");
    try (Http2RawClient client = new Http2RawClient(fresh).preface()) {
      assertThat(client.get(1, "/").read(1).text()).isEqualTo("production");
    }
  }

  @Test
  void whoeverOffersNothingSpeaksHttp11() throws Exception {
    SSLSocket socket = socket();
    try (RawClient client = new RawClient(socket)) {
      assertThat(client.get("/").read().status()).isEqualTo(200);
      assertThat(socket.getApplicationProtocol()).isEmpty();
    }
  }

  @Test
  void largeBodiesPassBothWays() throws Exception {
    proxy.production.answers(call -> {
      byte[] body = call.body();
      call.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(body.length));
      call.out().write(body);
    });
    String body = "0123456789".repeat(300_000);
    try (RawClient client = client()) {
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.post("/", body);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(client.read().text()).isEqualTo(body);
      sender.join();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewCertificateIsShownToNewConnectionsAndNoOldOneIsDropped(boolean openssl)
      throws Exception {
    restart(settings -> {
      settings.openssl = openssl;
      return settings;
    });
    SSLSocket before = socket();
    try (RawClient old = new RawClient(before)) {
      assertThat(old.get("/").read().status()).isEqualTo(200);
      assertThat(certificateOf(before)).isEqualTo("CN=first");
      limits.bundles.updateBundle("web", TestCertificate.named("second").bundle());
      assertThat(old.get("/").read().status()).isEqualTo(200);
      SSLSocket after = socket();
      try (RawClient fresh = new RawClient(after)) {
        assertThat(fresh.get("/").read().status()).isEqualTo(200);
        assertThat(certificateOf(after)).isEqualTo("CN=second");
      }
      assertThat(old.get("/").read().status()).isEqualTo(200);
    }
  }

  @Test
  void oldVersionsOfTlsAreRefused() throws Exception {
    byte[] hello = {22, 3, 1, 0, 5, 1, 0, 0, 1, 0};
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.server.tlsPort())) {
      socket.getOutputStream().write(hello);
      socket.setSoTimeout(10_000);
      assertThat(closes(socket.getInputStream())).isTrue();
    }
    await().untilAsserted(() -> assertThat(closed("tls_handshake")).isEqualTo(1));
    SSLSocket socket = socket();
    assertThat(Arrays.asList(socket.getSupportedProtocols())).contains("TLSv1.1");
    socket.setEnabledProtocols(new String[] {"TLSv1.1"});
    assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    socket.close();
  }

  private static boolean closes(InputStream in) throws IOException {
    try {
      while (in.read() >= 0) {}
    } catch (java.net.SocketException e) {
      return true;
    }
    return true;
  }

  @Test
  void plainHttpOnTheTlsPortIsTurnedAway() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.server.tlsPort())) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(10_000);
      assertThat(closes(socket.getInputStream())).isTrue();
    }
    await().untilAsserted(() -> assertThat(closed("tls_handshake")).isEqualTo(1));
    assertThat(proxy.production.heads()).isEmpty();
  }

  @Test
  void aHandshakeThatDoesNotComeIsCutOff() throws Exception {
    restart(settings -> {
      settings.header = Duration.ofMillis(400);
      return settings;
    });
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.server.tlsPort())) {
      socket.setSoTimeout(10_000);
      assertThat(closes(socket.getInputStream())).isTrue();
    }
    await()
        .untilAsserted(() -> assertThat(closed("too_slow") + closed("tls_handshake")).isEqualTo(1));
  }

  @Test
  void aConnectionTooManyGetsNoHandshake() throws Exception {
    restart(settings -> {
      settings.maxConnections = 1;
      return settings;
    });
    try (RawClient first = client()) {
      assertThat(first.get("/").read().status()).isEqualTo(200);
      SSLSocket second = socket();
      assertThatThrownBy(second::startHandshake).isInstanceOf(IOException.class);
      second.close();
    }
    assertThat(closed("too_many")).isEqualTo(1);
  }

  @Test
  void webSocketsPassOverTls() throws Exception {
    proxy.production.answers(call -> {
      call.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
              + "Sec-WebSocket-Accept: x\r\n\r\n");
      call.upgraded = true;
      int b;
      while ((b = call.in().read()) >= 0) {
        call.out().write(b);
      }
    });
    try (RawClient client = client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(101);
      client.send("\u0081\u0082\0\0\0\0hi");
      assertThat(client.in().readNBytes(8)).endsWith('h', 'i');
    }
  }

  @Test
  void aRefusalIsReadThoughTheClientSendsOn() throws Exception {
    try (RawClient client = client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      RawClient.Response response = client.read();
      assertThat(response.status()).isEqualTo(400);
      // Its end is TLS's own, not a cut.
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void aBodyThatBreaksOffHasNoGoodBye() throws Exception {
    proxy.production.answers(call -> {
      call.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
      await().pollDelay(Duration.ofMillis(100)).until(() -> true);
      call.socket().close();
    });
    try (RawClient client = client()) {
      client.send("GET / HTTP/1.0\r\n\r\n");
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void stoppingEndsIdleConnectionsOfBothKinds() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    try (RawClient old = client()) {
      old.get("/").read();
      SSLSocket fresh = socket("h2");
      fresh.startHandshake();
      try (Http2RawClient client = new Http2RawClient(fresh).preface()) {
        client.headers(1, true, fields("GET", "/"));
        assertThat(client.read(1).status()).isEqualTo(200);
        Thread.ofVirtual()
            .start(() -> {
              proxy.server.stop();
              stopped.countDown();
            });
        assertThat(client.goAway()).isEqualTo(Http2RawClient.NO_ERROR);
        assertThat(old.closed()).isTrue();
      }
    }
    stopped.await();
  }

  @Test
  void aBundleThatIsNotThereIsRefusedByName() {
    proxy.close();
    assertThatThrownBy(() ->
            ProxyUnderTest.with(settings -> {
              settings.bundle = "nowhere";
              return settings;
            }))
        .hasMessageContaining("nowhere");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TlsSettings("web", 70_000, true))
        .withMessageContaining("monkey.tls.port is 70000");
  }

  @Test
  void http2WithoutTlsIsNotAgreedOnWithinTls() throws Exception {
    SSLSocket socket = socket("h2c", "http/1.1");
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(java.util.List.of(new javax.net.ssl.SNIHostName("shop.example")));
    socket.setSSLParameters(parameters);
    try (RawClient client = new RawClient(socket)) {
      assertThat(client.get("/").read().status()).isEqualTo(200);
      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSecondHandshakeOnOneConnectionIsRefused(boolean openssl) throws Exception {
    restart(settings -> {
      settings.openssl = openssl;
      return settings;
    });
    for (String protocol : new String[] {"http/1.1", "h2"}) {
      SSLSocket socket = socket(protocol);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                while (socket.getInputStream().read() >= 0) {}
              })
          .isInstanceOf(IOException.class);
      socket.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theCipherThatHttp2DemandsIsThere(boolean openssl) throws Exception {
    restart(settings -> {
      settings.openssl = openssl;
      return settings;
    });
    SSLSocket socket = socket("h2");
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.2"});
    // The certificate of this test is of a curve; with one of RSA it is the same with RSA in it.
    parameters.setCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
    parameters.setNamedGroups(new String[] {"secp256r1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    socket.close();
  }

  @Test
  void whatIsToBeSecuredIsTakenWhereItIs() throws Exception {
    try (RawClient client = client()) {
      client.send("GET https://a/x HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(proxy.production.heads().getLast()).startsWith("GET /x HTTP/1.1\r\n");
  }
}
