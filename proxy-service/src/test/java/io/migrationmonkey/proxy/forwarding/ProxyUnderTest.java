package io.migrationmonkey.proxy.forwarding;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.proxy.ProxySettings;
import io.migrationmonkey.proxy.routing.Gate;
import io.migrationmonkey.proxy.routing.GateSettings;
import io.migrationmonkey.proxy.routing.HoldOrder;
import io.migrationmonkey.proxy.routing.Route;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.util.unit.DataSize;

/** The traffic port with a gate that the test works by hand, and two servers of the test's own. */
final class ProxyUnderTest implements AutoCloseable {

  final TestServer production = TestServer.named("production");
  final TestServer backup = TestServer.named("backup");
  final Gate gate;
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final ServerHealth health;
  final TrafficServer server;
  final int port;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  private ProxyUnderTest(Limits settings, GateSettings gateSettings, boolean routed) {
    gate = new Gate(gateSettings, Clock.systemUTC());
    if (routed) {
      gate.follow(new Route(ServerName.PRODUCTION, 1), new HoldOrder.Open());
    }
    ResourceLeakDetector.setLevel(Level.PARANOID);
    UpstreamSettings upstreams = new UpstreamSettings(production.address(), backup.address());
    TrafficMetrics traffic = new TrafficMetrics(metrics);
    FrontDoor frontDoor =
        new FrontDoor(
            settings.traffic(),
            settings.limits(),
            settings.peers(),
            settings.http2(),
            new Tls(settings.tls(), settings.http2(), settings.limits(), settings.bundles),
            traffic);
    health = new ServerHealth(upstreams, metrics);
    server =
        new TrafficServer(
            settings.traffic(),
            settings.limits(),
            frontDoor,
            upstreams,
            gate,
            Clock.systemUTC(),
            traffic,
            health,
            new ProxySettings("p1", settings.overlap));
    server.start();
    port = server.port();
    var _ = timer.scheduleWithFixedDelay(gate::tick, 5, 5, TimeUnit.MILLISECONDS);
  }

  static ProxyUnderTest withoutRoute() {
    return new ProxyUnderTest(new Limits(), gate(10, Duration.ofSeconds(1)), false);
  }

  static ProxyUnderTest started() {
    return with(settings -> settings);
  }

  static ProxyUnderTest with(UnaryOperator<Limits> change) {
    return with(change, gate(1000, Duration.ofSeconds(20)));
  }

  static ProxyUnderTest with(UnaryOperator<Limits> change, GateSettings gate) {
    return new ProxyUnderTest(change.apply(new Limits()), gate, true);
  }

  static GateSettings gate(int maxWaiting, Duration maxHold) {
    return new GateSettings(maxWaiting, DataSize.ofMegabytes(48), maxHold);
  }

  RawClient client() throws IOException {
    return new RawClient(server.port());
  }

  void hold(String migration) {
    hold(migration, Duration.ofSeconds(30));
  }

  void hold(String migration, Duration left) {
    gate.follow(gate.state().route(), new HoldOrder.Wait(migration, left));
  }

  void flipTo(ServerName server) {
    gate.follow(new Route(server, gate.state().epoch() + 1), new HoldOrder.Open());
  }

  double count(String name, String label, String value) {
    return metrics.get(name).tag(label, value).counter().count();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    server.stop();
    production.close();
    backup.close();
  }

  /** Settings that a test changes one of. */
  static final class Limits {
    Transport.Kind transport = Transport.Kind.EPOLL;
    int port = 0;
    int threads = 2;
    Duration header = Duration.ofSeconds(15);
    Duration idle = Duration.ofSeconds(30);
    Duration response = Duration.ofSeconds(30);
    Duration poolIdle = Duration.ofSeconds(10);
    Duration retry = Duration.ofSeconds(5);
    Duration drain = Duration.ofMillis(200);
    Duration shutdown = Duration.ofSeconds(2);
    int maxConnections = 1000;
    int maxConnectionsPerPeer = 1000;
    int maxHeaders = 100;
    int maxBody = 0;
    boolean accessLog = false;
    boolean overlap = false;
    List<String> trusted = List.of();
    List<String> proxyProtocol = List.of();
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    String bundle = "";
    boolean openssl = true;
    boolean cleartext = true;
    int maxStreams = 100;
    int maxResets = 200;
    int maxControlFrames = 1000;

    TrafficSettings traffic() {
      return new TrafficSettings(
          port,
          threads,
          transport,
          Duration.ofSeconds(1),
          poolIdle,
          64,
          retry,
          drain,
          shutdown,
          accessLog);
    }

    LimitSettings limits() {
      return new LimitSettings(
          DataSize.ofKilobytes(8),
          DataSize.ofKilobytes(16),
          maxHeaders,
          DataSize.ofBytes(maxBody),
          header,
          idle,
          DataSize.ofBytes(100),
          response,
          maxConnections,
          maxConnectionsPerPeer);
    }

    PeerSettings peers() {
      return new PeerSettings(trusted, proxyProtocol);
    }

    TlsSettings tls() {
      return new TlsSettings(bundle, 0, openssl);
    }

    Http2Settings http2() {
      return new Http2Settings(
          true,
          cleartext,
          maxStreams,
          DataSize.ofKilobytes(64),
          DataSize.ofMegabytes(1),
          maxResets,
          maxControlFrames);
    }
  }
}
