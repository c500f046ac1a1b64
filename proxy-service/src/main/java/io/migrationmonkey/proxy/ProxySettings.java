package io.migrationmonkey.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who this proxy is.
 *
 * @param name its name in reports, unique among the proxies; the host's name when not set
 * @param overlap whether another process of this proxy may serve the same port for a while, so that
 *     a restart refuses no connection; each process then adds some letters of its own to the name,
 *     since each must be drained
 */
@ConfigurationProperties("monkey.proxy")
public record ProxySettings(String name, boolean overlap) {

  public ProxySettings(@Nullable String name, @DefaultValue("false") boolean overlap) {
    String given = name == null || name.isBlank() ? hostName() : name;
    this.name =
        overlap ? given + "-" + Integer.toString(new SecureRandom().nextInt(1 << 20), 36) : given;
    this.overlap = overlap;
    if (!this.name.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "monkey.proxy.name is '%s'; it must be 1 to 100 letters, digits, dots, dashes or underscores"
              .formatted(this.name));
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "monkey.proxy.name is not set and this host does not know its own name; set it", e);
    }
  }
}
