package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.Wire;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An answer that the proxy gives itself, in the words of RFC 9457.
 *
 * @param kind status, title and the metric's reason
 * @param detail what happened and what to do
 */
record Problem(Kind kind, String detail) {

  /** Every answer that the proxy may give itself. */
  enum Kind {
    BAD_REQUEST(400, "The request is malformed", false),
    CONNECT_REFUSED(405, "CONNECT is not for this proxy", false),
    REQUEST_TIMEOUT(408, "The request did not arrive in time", false),
    URI_TOO_LONG(414, "The request line is too long", false),
    HEADER_TOO_LARGE(431, "The request header is too large", false),
    VERSION_UNSUPPORTED(505, "Not HTTP/1.1", false),
    NO_ROUTE(503, "no route yet", true),
    TOO_MANY_WAIT(503, "Too many requests wait", true),
    HELD_TOO_LONG(503, "Held for too long", true),
    UNREACHABLE(502, "The server can't be reached", true),
    LOST(502, "The server closed the connection", false),
    BAD_RESPONSE(502, "The server's response is malformed", false),
    RESPONSE_TIMEOUT(504, "The server did not answer in time", false);

    private final int status;
    private final String title;
    private final boolean later;

    Kind(int status, String title, boolean later) {
      this.status = status;
      this.title = title;
      this.later = later;
    }

    /** As the metric's label. */
    String reason() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  FullHttpResponse toResponse() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", kind.title);
    body.put("status", kind.status);
    body.put("detail", detail);
    byte[] json = Wire.write(body).getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(kind.status),
            Unpooled.wrappedBuffer(json));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
    if (kind.later) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
    }
    return response;
  }
}
