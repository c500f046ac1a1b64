package io.migrationmonkey.proxy.forwarding;

import static io.migrationmonkey.proxy.forwarding.Http2RawClient.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol from a load balancer in front. */
class ProxyProtocolTest {

  private static final Watched WATCHED = new Watched();

  @AfterAll
  static void nothingLeaked() throws Exception {
    assertThat(WATCHED.leaks()).isEmpty();
    WATCHED.close();
  }

  private ProxyUnderTest proxy = with(settings -> settings);

  @AfterEach
  void stop() {
    await()
        .untilAsserted(
            () -> assertThat(proxy.metrics.get("monkey_connections").gauge().value()).isZero());
    proxy.close();
    assertThat(WATCHED.errors()).isEmpty();
  }

  private static ProxyUnderTest with(UnaryOperator<ProxyUnderTest.Limits> change) {
    return ProxyUnderTest.with(settings -> {
      settings.proxyProtocol = List.of("127.0.0.0/8");
      settings.header = Duration.ofMillis(500);
      return change.apply(settings);
    });
  }

  private String sent() {
    return proxy.production.heads().getLast().toLowerCase();
  }

  private double turnedAway() {
    return proxy.count("monkey_connections_closed", "reason", "proxy_header");
  }

  /** A header of version 2. */
  private static byte[] version2(int command, String source) throws IOException {
    byte[] address = InetAddress.getByName(source).getAddress();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.ISO_8859_1));
    out.write(0x20 | command);
    out.write(address.length == 4 ? 0x11 : 0x21);
    out.write(0);
    out.write(2 * address.length + 4 + 7);
    out.writeBytes(address);
    out.writeBytes(address);
    out.writeBytes(new byte[] {0x10, 0x20, 0, 80});
    // A TLV that nobody here knows.
    out.writeBytes(new byte[] {(byte) 0xe0, 0, 4, 1, 2, 3, 4});
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "2001:db8::7"})
  void version1SaysWhoTheClientIs(String address) throws Exception {
    String family = address.contains(":") ? "TCP6" : "TCP4";
    try (RawClient client = proxy.client()) {
      client.send("PROXY %s %s %s 4000 80\r\n".formatted(family, address, address));
      assertThat(client.get("/").read().status()).isEqualTo(200);
      assertThat(client.get("/again").read().status()).isEqualTo(200);
    }
    assertThat(sent())
        .contains("x-forwarded-for: " + InetAddress.getByName(address).getHostAddress());
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "2001:db8::7"})
  void version2SaysWhoTheClientIs(String address) throws Exception {
    try (RawClient client = proxy.client()) {
      client.socket().getOutputStream().write(version2(1, address));
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
    assertThat(sent())
        .contains("x-forwarded-for: " + InetAddress.getByName(address).getHostAddress());
  }

  @Test
  void headerAndRequestMayComeAtOnceOrByteByByte() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("PROXY TCP4 192.0.2.7 192.0.2.1 4000 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(sent()).contains("x-forwarded-for: 192.0.2.7\r\n");
    try (RawClient client = proxy.client()) {
      for (char c :
          "PROXY TCP4 192.0.2.8 192.0.2.1 4000 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
              .toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(sent()).contains("x-forwarded-for: 192.0.2.8\r\n");
  }

  @Test
  void aLoadBalancerThatAsksForItselfIsTheClient() throws Exception {
    try (RawClient client = proxy.client()) {
      client.socket().getOutputStream().write(version2(0, "192.0.2.7"));
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
    assertThat(sent()).contains("x-forwarded-for: 127.0.0.1\r\n");
    try (RawClient client = proxy.client()) {
      client.send("PROXY UNKNOWN\r\n");
      assertThat(client.get("/").read().status()).isEqualTo(200);
    }
    assertThat(sent()).contains("x-forwarded-for: 127.0.0.1\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PROXY TCP4 here there 1 2\r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 99999 80\r\n",
        "PROXY TCP5 192.0.2.7 192.0.2.1 1 80\r\n",
        "PROXY TCP4 \r\n....",
        "\r\n\r\n\0\r\nQUIT\n\u0031\u0011\0\u0004abcd"
      })
  void whatIsNoHeaderIsTurnedAwayWithoutAWord(String bytes) throws Exception {
    try (RawClient client = proxy.client()) {
      client.send(bytes);
      assertThat(closes(client)).isTrue();
    }
    await().untilAsserted(() -> assertThat(turnedAway()).isEqualTo(1));
    assertThat(proxy.production.heads()).isEmpty();
  }

  private static boolean closes(RawClient client) throws IOException {
    try {
      return client.closed();
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void aHeaderThatDoesNotComeIsCutOff() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("PROXY TCP4 192.");
      assertThat(closes(client)).isTrue();
    }
    assertThat(proxy.count("monkey_connections_closed", "reason", "too_slow")).isEqualTo(1);
  }

  @Test
  void nobodyElseMaySendOne() throws Exception {
    proxy.close();
    proxy =
        with(settings -> {
          settings.proxyProtocol = List.of("192.0.2.1");
          return settings;
        });
    try (RawClient client = proxy.client()) {
      client.send("PROXY TCP4 192.0.2.7 192.0.2.1 4000 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
    }
    assertThat(proxy.production.heads()).isEmpty();
  }

  @Test
  void theLimitForOneAddressIsForTheClientsAndNotTheLoadBalancers() throws Exception {
    proxy.close();
    proxy =
        with(settings -> {
          settings.maxConnectionsPerPeer = 1;
          return settings;
        });
    try (RawClient a = proxy.client();
        RawClient b = proxy.client();
        RawClient again = proxy.client()) {
      a.send("PROXY TCP4 192.0.2.7 192.0.2.1 4000 80\r\n");
      assertThat(a.get("/").read().status()).isEqualTo(200);
      b.send("PROXY TCP4 192.0.2.8 192.0.2.1 4000 80\r\n");
      assertThat(b.get("/").read().status()).isEqualTo(200);
      again.send("PROXY TCP4 192.0.2.7 192.0.2.1 4001 80\r\n");
      assertThat(again.read().status()).isEqualTo(503);
    }
  }

  @Test
  void whomTheHeaderNamesIsBelievedOnlyWhereHeIsTrustedHimself() throws Exception {
    proxy.close();
    proxy =
        with(settings -> {
          settings.trusted = List.of("192.0.2.7");
          return settings;
        });
    for (String address : new String[] {"192.0.2.7", "192.0.2.8"}) {
      try (RawClient client = proxy.client()) {
        client.send(
            "PROXY TCP4 %s 192.0.2.1 1 80\r\nGET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
                .formatted(address));
        assertThat(client.read().status()).isEqualTo(200);
      }
      assertThat(sent().contains("6.6.6.6")).isEqualTo(address.endsWith("7"));
    }
  }

  @Test
  void itGoesBeforeHttp2AndTls() throws Exception {
    try (Http2RawClient client = Http2RawClient.silent(proxy.server.port())) {
      client.bytes("PROXY TCP4 192.0.2.7 192.0.2.1 1 80\r\n".getBytes(StandardCharsets.US_ASCII));
      client.preface().headers(1, true, fields("GET", "/"));
      assertThat(client.read(1).status()).isEqualTo(200);
    }
    assertThat(sent()).contains("x-forwarded-for: 192.0.2.7\r\n");
  }

  @Test
  void aNetworkThatIsNoneIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PeerSettings(null, List.of("balancer")))
        .withMessageContaining("monkey.peers.proxy-protocol has 'balancer'");
  }

  @Test
  void aLoadBalancerThatTookTheTlsOffMayAskForHttps() throws Exception {
    try (RawClient client = proxy.client()) {
      client.send("PROXY TCP4 192.0.2.7 192.0.2.1 4000 80\r\n");
      client.send("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
  }
}
