package io.migrationmonkey.proxy.forwarding;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.math.BigInteger;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** RFC 9110, 7.6.2: how far a TRACE or OPTIONS request may go. */
final class MaxForwards {

  /** What this proxy lets through; the application may allow less. */
  static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

  private static final int LONGEST = 20;
  private static final BigInteger MOST = BigInteger.valueOf(Integer.MAX_VALUE);

  private MaxForwards() {}

  static boolean appliesTo(HttpRequest request) {
    return (request.method().equals(HttpMethod.TRACE)
            || request.method().equals(HttpMethod.OPTIONS))
        && request.headers().contains(HttpHeaderNames.MAX_FORWARDS);
  }

  /** Lets the request go one further; or answers it, where it has come as far as it may. */
  static @Nullable FullHttpResponse step(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String value = headers.get(HttpHeaderNames.MAX_FORWARDS);
    if (value == null || !value.matches("\\d{1,%d}".formatted(LONGEST))) {
      return RequestCheck.bad("Max-Forwards must be a number").toResponse();
    }
    BigInteger left = new BigInteger(value);
    if (left.signum() > 0) {
      headers.set(HttpHeaderNames.MAX_FORWARDS, left.subtract(BigInteger.ONE).min(MOST).toString());
      return null;
    }
    // What TRACE would echo may be secret, so nothing is echoed.
    HttpResponseStatus status =
        request.method().equals(HttpMethod.TRACE)
            ? HttpResponseStatus.METHOD_NOT_ALLOWED
            : HttpResponseStatus.OK;
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    answer
        .headers()
        .set(HttpHeaderNames.ALLOW, METHODS)
        .set(HttpHeaderNames.DATE, DateFormatter.format(new Date()))
        .setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
    return answer;
  }
}
