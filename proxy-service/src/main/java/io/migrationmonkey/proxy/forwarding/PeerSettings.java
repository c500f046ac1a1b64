package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who stands in front of this proxy.
 *
 * @param trusted networks such as {@code 10.0.0.0/8} or single addresses, whose Forwarded and
 *     X-Forwarded-* headers are believed and added to; everybody else's are thrown away
 * @param proxyProtocol the same for load balancers that begin each connection with a PROXY header,
 *     version 1 or 2; who is listed here and sends none is turned away
 */
@ConfigurationProperties("monkey.peers")
public record PeerSettings(List<String> trusted, List<String> proxyProtocol) {

  public PeerSettings(@Nullable List<String> trusted, @Nullable List<String> proxyProtocol) {
    this.trusted = trusted == null ? List.of() : List.copyOf(trusted);
    this.proxyProtocol = proxyProtocol == null ? List.of() : List.copyOf(proxyProtocol);
    trustedRules();
    proxyProtocolRules();
  }

  List<IpSubnetFilterRule> trustedRules() {
    return rules("monkey.peers.trusted", trusted);
  }

  List<IpSubnetFilterRule> proxyProtocolRules() {
    return rules("monkey.peers.proxy-protocol", proxyProtocol);
  }

  private static List<IpSubnetFilterRule> rules(String property, List<String> networks) {
    return networks.stream().map(network -> rule(property, network)).toList();
  }

  static boolean matches(List<IpSubnetFilterRule> rules, InetSocketAddress peer) {
    for (IpSubnetFilterRule rule : rules) {
      if (rule.matches(peer)) {
        return true;
      }
    }
    return false;
  }

  private static IpSubnetFilterRule rule(String property, String network) {
    int slash = network.indexOf('/');
    String address = slash < 0 ? network : network.substring(0, slash);
    int all = address.contains(":") ? 128 : 32;
    try {
      int bits = slash < 0 ? all : Integer.parseInt(network.substring(slash + 1));
      if (!NetUtil.isValidIpV4Address(address) && !NetUtil.isValidIpV6Address(address)) {
        throw new IllegalArgumentException("not an address");
      }
      return new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s has '%s'; it must be an address or a network, such as 10.0.0.0/8"
              .formatted(property, network),
          e);
    }
  }
}
