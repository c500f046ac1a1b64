package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.stereotype.Component;

/**
 * The certificate that clients see. When its files change new connections get the new one; those
 * that are open keep theirs.
 */
@Component
final class Tls {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  // RFC 9113, 9.2.1: no second handshake within a connection. OpenSSL refuses it anyway; the JDK
  // reads this when it first serves one.
  static {
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  private final TlsSettings settings;
  private final Http2Settings http2;
  private final Duration handshakeTimeout;
  private volatile @Nullable SslContext context;

  Tls(TlsSettings settings, Http2Settings http2, LimitSettings limits, SslBundles bundles) {
    this.settings = settings;
    this.http2 = http2;
    this.handshakeTimeout = limits.headerTimeout();
    if (settings.on()) {
      try {
        context = contextOf(bundles.getBundle(settings.bundle()));
      } catch (SSLException e) {
        throw new IllegalArgumentException(
            "monkey.tls.bundle is '%s', which can't be used: %s"
                .formatted(settings.bundle(), e.getMessage()),
            e);
      }
      bundles.addBundleUpdateHandler(settings.bundle(), this::changed);
    }
  }

  boolean on() {
    return settings.on();
  }

  int port() {
    return settings.port();
  }

  /** Who does the work, for the log. */
  String provider() {
    return provider(settings) == SslProvider.OPENSSL ? OpenSsl.versionString() : "the JDK's TLS";
  }

  SslHandler newHandler(ByteBufAllocator buffers) {
    SslContext now = context;
    if (now == null) {
      throw new IllegalStateException("monkey.tls.bundle is not set");
    }
    SslHandler handler = now.newHandler(buffers);
    handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
    return handler;
  }

  private void changed(SslBundle bundle) {
    try {
      context = contextOf(bundle);
      log.info("New connections get the new certificate of the bundle '{}'", settings.bundle());
    } catch (SSLException | RuntimeException e) {
      log.error(
          "The bundle '{}' has changed and can't be used; the old certificate stays in use",
          settings.bundle(),
          e);
    }
  }

  private static SslProvider provider(TlsSettings settings) {
    return settings.openssl() && OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  private SslContext contextOf(SslBundle bundle) throws SSLException {
    SslOptions options = bundle.getOptions();
    String[] protocols = options.getEnabledProtocols();
    String[] ciphers = options.getCiphers();
    List<String> offered =
        http2.enabled()
            ? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
            : List.of(ApplicationProtocolNames.HTTP_1_1);
    return SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory())
        .sslProvider(provider(settings))
        .protocols(protocols == null ? PROTOCOLS : List.of(protocols))
        .ciphers(
            ciphers == null ? Http2SecurityUtil.CIPHERS : List.of(ciphers),
            SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                offered))
        .build();
  }
}
