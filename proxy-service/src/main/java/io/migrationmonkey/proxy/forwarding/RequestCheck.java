package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What Netty's decoder lets pass and a server might read in another way. */
final class RequestCheck {

  static final String NOT_SECURED = "What is https is not asked for without TLS";

  private static final int MOST_PORT_DIGITS = 5;

  private RequestCheck() {}

  /** What is wrong with the request, or null. */
  static @Nullable Problem problem(HttpRequest request, LimitSettings limits, Peer peer) {
    if (request.decoderResult().isFailure()) {
      return undecodable(request.decoderResult().cause());
    }
    HttpVersion version = request.protocolVersion();
    boolean http11 = version.equals(HttpVersion.HTTP_1_1);
    if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
      return new Problem(
          Problem.Kind.VERSION_UNSUPPORTED, "Use HTTP/1.1 or HTTP/1.0, not " + version.text());
    }
    HttpHeaders headers = request.headers();
    if (headers.size() > limits.maxHeaders()) {
      return new Problem(
          Problem.Kind.HEADER_TOO_LARGE, "Send fewer headers (monkey.limits.max-headers)");
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      return new Problem(
          Problem.Kind.CONNECT_REFUSED, "This proxy leads to one application and nowhere else");
    }
    Problem unclear = host(headers, http11);
    if (unclear == null) {
      unclear = target(request, peer);
    }
    if (unclear != null) {
      return unclear;
    }
    String coding = FramingCheck.unclearCoding(headers, version);
    if (coding != null) {
      return bad(coding);
    }
    if (request.method().equals(HttpMethod.TRACE) && hasBody(request)) {
      return bad("TRACE has no content");
    }
    if (limits.maxBody().toBytes() > 0
        && HttpUtil.getContentLength(request, 0L) > limits.maxBody().toBytes()) {
      return Problem.bodyTooLarge();
    }
    return HeaderRules.goesRound(headers)
        ? new Problem(Problem.Kind.LOOP, "Is a server of this proxy the proxy itself?")
        : null;
  }

  private static boolean hasBody(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        || HttpUtil.getContentLength(request, 0L) > 0;
  }

  private static @Nullable Problem host(HttpHeaders headers, boolean http11) {
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && http11)) {
      return bad("The request must have exactly one Host header, not %d".formatted(hosts.size()));
    }
    return hosts.isEmpty() || isAuthority(hosts.getFirst())
        ? null
        : bad("Host must be a name or an address, and perhaps a port");
  }

  /**
   * RFC 3986, 3.2.2 and 3.2.3: a name or an address, and perhaps a port. Empty is allowed. Every
   * request comes by here, so this is no regular expression.
   */
  static boolean isAuthority(String text) {
    int at = 0;
    if (text.startsWith("[")) {
      at = text.indexOf(']') + 1;
      if (at < 3 || !allBetween(text, 1, at - 1, RequestCheck::isOfAddress)) {
        return false;
      }
    } else {
      while (at < text.length() && isOfName(text.charAt(at))) {
        at++;
      }
    }
    return at == text.length()
        || (text.charAt(at) == ':'
            && text.length() - at - 1 <= MOST_PORT_DIGITS
            && allBetween(text, at + 1, text.length(), c -> c >= '0' && c <= '9'));
  }

  private static boolean allBetween(String text, int from, int to, IntPredicate allowed) {
    for (int i = from; i < to; i++) {
      if (!allowed.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfAddress(int c) {
    return (c >= '0' && c <= ':') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.';
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || "._~!$&'()*+,;=%-".indexOf(c) >= 0;
  }

  private static @Nullable Problem target(HttpRequest request, Peer peer) {
    String uri = request.uri();
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c <= ' ' || c == 127 || c == '#') {
        return bad("The request target must not contain control characters or a fragment");
      }
    }
    if (uri.startsWith("/")) {
      return null;
    }
    if (uri.equals("*")) {
      return request.method().equals(HttpMethod.OPTIONS) ? null : bad("'*' is for OPTIONS alone");
    }
    int start = authorityStart(uri);
    if (start < 0) {
      return bad("The request target must begin with '/', or be a whole http URI");
    }
    String authority = uri.substring(start, authorityEnd(uri, start));
    if (authority.isEmpty() || authority.startsWith(":") || !isAuthority(authority)) {
      return bad("The request target must name a host, and no user");
    }
    return peer.mayAskFor(uri.substring(0, uri.indexOf(':'))) ? null : bad(NOT_SECURED);
  }

  /** Where the authority of an absolute target begins; -1 for any other target. */
  static int authorityStart(String uri) {
    if (uri.startsWith("/")) {
      return -1;
    }
    for (String scheme : new String[] {"http://", "https://"}) {
      if (uri.regionMatches(true, 0, scheme, 0, scheme.length())
          && uri.length() > scheme.length()
          && uri.charAt(scheme.length()) != '/') {
        return scheme.length();
      }
    }
    return -1;
  }

  static int authorityEnd(String uri, int start) {
    int end = start;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  static Problem undecodable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException e ->
          new Problem(
              Problem.Kind.URI_TOO_LONG, "Shorten the URI (monkey.limits.max-uri is the limit)");
      case TooLongHttpHeaderException e ->
          new Problem(
              Problem.Kind.HEADER_TOO_LARGE,
              "Send fewer or shorter headers (monkey.limits.max-header is the limit)");
      default -> bad("It can't be read as HTTP: " + cause.getMessage());
    };
  }

  static Problem bad(String detail) {
    return new Problem(Problem.Kind.BAD_REQUEST, detail);
  }
}
