package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.proxy.Required;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * TLS in front.
 *
 * @param bundle the SSL bundle with certificate and key ({@code spring.ssl.bundle.pem.NAME.*});
 *     empty means no TLS
 * @param port where clients connect with TLS; 0 takes a free one
 * @param openssl BoringSSL where it can be loaded; false forces the JDK's own TLS
 */
@ConfigurationProperties("monkey.tls")
public record TlsSettings(
    @DefaultValue("") String bundle,
    @DefaultValue("8443") int port,
    @DefaultValue("true") boolean openssl) {

  public TlsSettings {
    Required.within("monkey.tls.port", port, 0, 65535);
  }

  boolean on() {
    return !bundle.isBlank();
  }
}
