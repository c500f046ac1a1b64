package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What becomes of headers on their way through. */
final class HeaderRules {

  static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
  private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  private static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
  private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
  private static final String PSEUDONYM = "migration-monkey";
  private static final AsciiString VIA_10 = AsciiString.cached("1.0 " + PSEUDONYM);
  private static final AsciiString VIA_20 = AsciiString.cached("2.0 " + PSEUDONYM);
  private static final AsciiString VIA_11 = AsciiString.cached("1.1 " + PSEUDONYM);

  /** So often may this proxy's own name stand in Via: several may stand in a row, but not many. */
  private static final int MOST_ROUNDS = 5;

  // Hop-by-hop or not, these say where a message ends and whom it is for: a Connection header may
  // not take them away.
  private static final Set<String> NEVER_NAMED =
      Set.of("host", "content-length", "transfer-encoding", "via", "x-forwarded-for", "forwarded");

  // RFC 9110, 6.5.1: a trailer is no place for what routes and frames a message, or says whose it
  // is; a server that merges trailers into headers would believe it.
  private static final Set<String> NEVER_TRAILERS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "upgrade",
          "http2-settings",
          "transfer-encoding",
          "content-length",
          "host",
          "via",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-request-id");

  private HeaderRules() {}

  /** True for a request to switch to WebSocket, the one upgrade that is passed on. */
  static boolean asksForWebSocket(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1) && switchesToWebSocket(headers);
  }

  /** True where a server does switch to WebSocket, and says so as it has to. */
  static boolean switchesToWebSocket(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /** True for a response that goes on for as long as somebody listens. */
  static boolean isEventStream(HttpHeaders headers) {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    return type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
  }

  /** True for a request that has come by too often. */
  static boolean goesRound(HttpHeaders headers) {
    if (!headers.contains(HttpHeaderNames.VIA)) {
      return false;
    }
    int rounds = 0;
    for (String via : headers.getAll(HttpHeaderNames.VIA)) {
      int at = -1;
      while ((at = via.indexOf(PSEUDONYM, at + 1)) >= 0) {
        rounds++;
      }
    }
    return rounds >= MOST_ROUNDS;
  }

  /**
   * Makes a client's request one of the proxy's own.
   *
   * @return the names that Connection gave, whose trailers stay here too
   */
  static List<String> towardsServer(HttpRequest request, Peer peer, boolean webSocket) {
    HttpHeaders headers = request.headers();
    boolean old = request.protocolVersion().minorVersion() == 0;
    boolean trailers = !old && headers.containsValue(HttpHeaderNames.TE, "trailers", true);
    List<String> named = removeHopByHop(headers);
    headers.add(HttpHeaderNames.VIA, peer.http2() ? VIA_20 : old ? VIA_10 : VIA_11);
    takeAuthorityFromTarget(request);
    sayWhoAsks(headers, peer);
    if (webSocket) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    } else if (trailers) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
      headers.set(HttpHeaderNames.TE, "trailers");
    }
    if (old) {
      headers.remove(HttpHeaderNames.EXPECT);
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
    return named;
  }

  /** Removes from trailers what does not go further, or may not stand there. */
  static void trailers(HttpHeaders trailers, List<String> named) {
    if (trailers.isEmpty()) {
      return;
    }
    for (String name : trailers.names()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (NEVER_TRAILERS.contains(lower) || named.contains(lower)) {
        trailers.remove(name);
      }
    }
  }

  private static void sayWhoAsks(HttpHeaders headers, Peer peer) {
    if (!peer.trusted()) {
      headers.set(X_FORWARDED_FOR, peer.address());
      headers.set(X_FORWARDED_PROTO, peer.scheme());
      headers.set(FORWARDED, peer.forwarded());
      setHost(headers);
      return;
    }
    headers.set(X_FORWARDED_FOR, appended(headers, X_FORWARDED_FOR, peer.address()));
    headers.set(FORWARDED, appended(headers, FORWARDED, peer.forwarded()));
    if (!headers.contains(X_FORWARDED_PROTO)) {
      headers.set(X_FORWARDED_PROTO, peer.scheme());
    }
    if (!headers.contains(X_FORWARDED_HOST)) {
      setHost(headers);
    }
  }

  private static void setHost(HttpHeaders headers) {
    String host = headers.get(HttpHeaderNames.HOST);
    if (host == null) {
      headers.remove(X_FORWARDED_HOST);
    } else {
      headers.set(X_FORWARDED_HOST, host);
    }
  }

  private static String appended(HttpHeaders headers, AsciiString name, String own) {
    StringBuilder all = new StringBuilder();
    for (String before : headers.getAll(name)) {
      if (!before.isBlank()) {
        all.append(before).append(", ");
      }
    }
    return all.append(own).toString();
  }

  /**
   * Makes a server's response one of the proxy's own.
   *
   * @return the names that Connection gave, whose trailers stay here too
   */
  static List<String> towardsClient(HttpResponse response) {
    HttpHeaders headers = response.headers();
    List<String> required =
        response.status().code() == HttpResponseStatus.UPGRADE_REQUIRED.code()
            ? headers.getAll(HttpHeaderNames.UPGRADE)
            : List.of();
    List<String> named = removeHopByHop(headers);
    if (!required.isEmpty()) {
      headers.set(HttpHeaderNames.UPGRADE, required);
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    }
    headers.add(
        HttpHeaderNames.VIA, response.protocolVersion().minorVersion() == 0 ? VIA_10 : VIA_11);
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
    return named;
  }

  private static List<String> removeHopByHop(HttpHeaders headers) {
    List<String> named = List.of();
    if (headers.contains(HttpHeaderNames.CONNECTION)) {
      named = removeNamed(headers);
      headers.remove(HttpHeaderNames.CONNECTION);
    }
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove(HttpHeaderNames.PROXY_AUTHENTICATE);
    headers.remove(HttpHeaderNames.PROXY_AUTHORIZATION);
    headers.remove(HttpHeaderNames.TE);
    headers.remove(HttpHeaderNames.UPGRADE);
    headers.remove(HTTP2_SETTINGS);
    return named;
  }

  private static List<String> removeNamed(HttpHeaders headers) {
    List<String> all = List.of();
    for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String name : value.split(",", -1)) {
        String named = name.trim().toLowerCase(Locale.ROOT);
        if (!named.isEmpty() && !NEVER_NAMED.contains(named)) {
          headers.remove(named);
          if (!NEVER_TRAILERS.contains(named)) {
            all = all.isEmpty() ? new ArrayList<>(2) : all;
            all.add(named);
          }
        }
      }
    }
    return all;
  }

  // RFC 9112, 3.2.2: a target with an authority overrules Host.
  private static void takeAuthorityFromTarget(HttpRequest request) {
    String uri = request.uri();
    int start = RequestCheck.authorityStart(uri);
    if (start < 0) {
      return;
    }
    int end = RequestCheck.authorityEnd(uri, start);
    request.headers().set(HttpHeaderNames.HOST, uri.substring(start, end));
    String rest = uri.substring(end);
    if (rest.isEmpty() && request.method().equals(HttpMethod.OPTIONS)) {
      request.setUri("*");
    } else {
      request.setUri(rest.startsWith("/") ? rest : "/" + rest);
    }
  }
}
