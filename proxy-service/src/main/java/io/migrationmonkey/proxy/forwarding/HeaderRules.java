package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What becomes of headers on their way through. */
final class HeaderRules {

  private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  private static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
  private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
  private static final String PSEUDONYM = "migration-monkey";

  // Hop-by-hop or not, these say where a message ends and whom it is for: a Connection header may
  // not take them away.
  private static final Set<String> NEVER_NAMED =
      Set.of("host", "content-length", "transfer-encoding");

  private HeaderRules() {}

  /** True for a request to switch to WebSocket, the one upgrade that is passed on. */
  static boolean asksForWebSocket(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /** Makes a client's request one of the proxy's own. */
  static void towardsServer(HttpRequest request, String client, boolean webSocket) {
    HttpHeaders headers = request.headers();
    removeHopByHop(headers);
    headers.add(HttpHeaderNames.VIA, via(request.protocolVersion()));
    headers.remove(FORWARDED);
    takeAuthorityFromTarget(request);
    String host = headers.get(HttpHeaderNames.HOST);
    if (host == null) {
      headers.remove(X_FORWARDED_HOST);
    } else {
      headers.set(X_FORWARDED_HOST, host);
    }
    headers.set(X_FORWARDED_FOR, client);
    headers.set(X_FORWARDED_PROTO, "http");
    if (webSocket) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /** Makes a server's response one of the proxy's own. */
  static void towardsClient(HttpResponse response) {
    HttpHeaders headers = response.headers();
    removeHopByHop(headers);
    headers.add(HttpHeaderNames.VIA, via(response.protocolVersion()));
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  private static String via(HttpVersion received) {
    return (received.minorVersion() == 0 ? "1.0 " : "1.1 ") + PSEUDONYM;
  }

  private static void removeHopByHop(HttpHeaders headers) {
    List<String> connection = headers.getAll(HttpHeaderNames.CONNECTION);
    for (String value : connection) {
      for (String name : value.split(",", -1)) {
        String named = name.trim().toLowerCase(Locale.ROOT);
        if (!named.isEmpty() && !NEVER_NAMED.contains(named)) {
          headers.remove(named);
        }
      }
    }
    headers.remove(HttpHeaderNames.CONNECTION);
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove(HttpHeaderNames.PROXY_AUTHENTICATE);
    headers.remove(HttpHeaderNames.PROXY_AUTHORIZATION);
    headers.remove(HttpHeaderNames.TE);
    headers.remove(HttpHeaderNames.UPGRADE);
    headers.remove(HTTP2_SETTINGS);
  }

  // RFC 9112, 3.2.2: a target with an authority overrules Host.
  private static void takeAuthorityFromTarget(HttpRequest request) {
    String uri = request.uri();
    int start = RequestCheck.authorityStart(uri);
    if (start < 0) {
      return;
    }
    int end = start;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    String authority = uri.substring(start, end);
    request.headers().set(HttpHeaderNames.HOST, authority.substring(authority.indexOf('@') + 1));
    String rest = uri.substring(end);
    request.setUri(rest.startsWith("/") ? rest : "/" + rest);
  }
}
