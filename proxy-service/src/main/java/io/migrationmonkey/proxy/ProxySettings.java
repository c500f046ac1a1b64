package io.migrationmonkey.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who this proxy is.
 *
 * @param name its name in reports, unique among the proxies; the host's name when not set
 */
@ConfigurationProperties("monkey.proxy")
public record ProxySettings(String name) {

  public ProxySettings(@Nullable String name) {
    this.name = name == null || name.isBlank() ? hostName() : name;
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
