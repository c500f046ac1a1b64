package io.migrationmonkey.proxy.forwarding;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * RFC 9113, 8: the header of a stream as a request of HTTP/1.1. Netty has refused by now what is
 * wrong in any message: names in upper case, connection-specific fields, pseudo-header fields that
 * are missing, unknown, doubled or late, and lengths that contradict each other.
 */
final class Http2Request {

  private static final String PROTOCOL = ":protocol";

  private Http2Request() {}

  /** What is malformed, or null. */
  static @Nullable String problem(Http2Headers headers) {
    if (headers.contains(PROTOCOL)) {
      return "extended CONNECT was not offered";
    }
    for (Map.Entry<CharSequence, CharSequence> each : headers) {
      if (isPadded(each.getValue())) {
        return "white space around the value of " + each.getKey();
      }
    }
    CharSequence authority = headers.authority();
    CharSequence host = headers.get(HttpHeaderNames.HOST);
    if (authority != null && host != null && !sameHost(authority, host, headers.scheme())) {
      return "Host is not what :authority is";
    }
    if (HttpMethod.CONNECT.asciiName().contentEquals(headers.method())) {
      return headers.path() != null || headers.scheme() != null
          ? "CONNECT has no path and no scheme"
          : null;
    }
    CharSequence scheme = headers.scheme();
    if (scheme == null || !(same(scheme, "http") || same(scheme, "https"))) {
      return ":scheme is neither http nor https";
    }
    CharSequence path = headers.path();
    boolean asterisk = path != null && path.length() == 1 && path.charAt(0) == '*';
    return asterisk || (path != null && path.length() > 0 && path.charAt(0) == '/')
        ? null
        : ":path does not begin with '/'";
  }

  private static boolean isPadded(CharSequence value) {
    return value.length() > 0
        && (isBlank(value.charAt(0)) || isBlank(value.charAt(value.length() - 1)));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  // RFC 9113, 8.3.1: the usual port of the scheme may be said or not.
  private static boolean sameHost(
      CharSequence authority, CharSequence host, @Nullable CharSequence scheme) {
    return same(authority, host)
        || (scheme != null
            && same(
                withoutUsualPort(authority.toString(), scheme),
                withoutUsualPort(host.toString(), scheme)));
  }

  private static String withoutUsualPort(String authority, CharSequence scheme) {
    String usual = same(scheme, "https") ? ":443" : ":80";
    for (String end : new String[] {usual, ":"}) {
      if (authority.endsWith(end)) {
        return authority.substring(0, authority.length() - end.length());
      }
    }
    return authority;
  }

  private static boolean same(CharSequence a, CharSequence b) {
    return a.toString().equalsIgnoreCase(b.toString());
  }

  /**
   * The request as a server of HTTP/1.1 is to see it.
   *
   * @param whole whether it has no body
   */
  static HttpRequest of(Http2Headers headers, boolean whole, LimitSettings limits, Peer peer) {
    HttpMethod method = HttpMethod.valueOf(String.valueOf(headers.method()));
    CharSequence authority = headers.authority();
    CharSequence path =
        method.equals(HttpMethod.CONNECT) ? String.valueOf(authority) : headers.path();
    HttpRequest request =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, String.valueOf(path));
    StringJoiner cookies = new StringJoiner("; ");
    HttpHeaders to = request.headers();
    if (authority != null) {
      to.set(HttpHeaderNames.HOST, authority);
    }
    for (Map.Entry<CharSequence, CharSequence> each : headers) {
      CharSequence name = each.getKey();
      if (authority != null && HttpHeaderNames.HOST.contentEquals(name)) {
        continue;
      }
      if (HttpHeaderNames.COOKIE.contentEquals(name)) {
        cookies.add(each.getValue());
      } else if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name)) {
        to.add(name, each.getValue());
      }
    }
    if (cookies.length() > 0) {
      to.set(HttpHeaderNames.COOKIE, cookies.toString());
    }
    sayLength(method, to, whole);
    if (request.uri().length() > limits.maxUri().toBytes()) {
      request.setDecoderResult(DecoderResult.failure(new TooLongHttpLineException(":path")));
    }
    CharSequence scheme = headers.scheme();
    if (scheme != null && !peer.mayAskFor(scheme)) {
      request.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException(RequestCheck.NOT_SECURED)));
    }
    return request;
  }

  private static void sayLength(HttpMethod method, HttpHeaders headers, boolean whole) {
    if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      return;
    }
    if (!whole) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH)) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
    }
  }
}
