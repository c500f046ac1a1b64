package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** What Netty's decoder lets pass and a server might read in another way. */
final class RequestCheck {

  private RequestCheck() {}

  /** What is wrong with the request, or null. */
  static @Nullable Problem problem(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return undecodable(request.decoderResult().cause());
    }
    HttpVersion version = request.protocolVersion();
    boolean http11 = version.equals(HttpVersion.HTTP_1_1);
    if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
      return new Problem(
          Problem.Kind.VERSION_UNSUPPORTED, "Use HTTP/1.1 or HTTP/1.0, not " + version.text());
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      return new Problem(
          Problem.Kind.CONNECT_REFUSED, "This proxy leads to one application and nowhere else");
    }
    HttpHeaders headers = request.headers();
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && http11)) {
      return bad("The request must have exactly one Host header, not %d".formatted(hosts));
    }
    if (!http11 && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return bad("HTTP/1.0 knows no Transfer-Encoding");
    }
    String uri = request.uri();
    if (!uri.startsWith("/") && !uri.equals("*") && authorityStart(uri) < 0) {
      return bad("The request target must begin with '/', or be a whole http URI");
    }
    return null;
  }

  /** Where the authority of an absolute target begins; -1 for any other target. */
  static int authorityStart(String uri) {
    for (String scheme : new String[] {"http://", "https://"}) {
      if (uri.regionMatches(true, 0, scheme, 0, scheme.length())
          && uri.length() > scheme.length()
          && uri.charAt(scheme.length()) != '/') {
        return scheme.length();
      }
    }
    return -1;
  }

  static Problem undecodable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException e ->
          new Problem(
              Problem.Kind.URI_TOO_LONG, "Shorten the URI (monkey.traffic.max-uri is the limit)");
      case TooLongHttpHeaderException e ->
          new Problem(
              Problem.Kind.HEADER_TOO_LARGE,
              "Send fewer or shorter headers (monkey.traffic.max-header is the limit)");
      default -> bad("It can't be read as HTTP: " + cause.getMessage());
    };
  }

  private static Problem bad(String detail) {
    return new Problem(Problem.Kind.BAD_REQUEST, detail);
  }
}
