package io.migrationmonkey.proxy.forwarding;

import io.migrationmonkey.contract.ServerName;
import io.migrationmonkey.contract.Wire;
import io.migrationmonkey.proxy.routing.Gate;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
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
    BODY_TOO_LARGE(413, "The request body is too large", false),
    BODY_TOO_SLOW(408, "The request body came too slowly", false),
    LOOP(508, "The request goes round in circles", false),
    NO_CONNECTION_FREE(503, "Too many connections", true),
    URI_TOO_LONG(414, "The request line is too long", false),
    HEADER_TOO_LARGE(431, "The request header is too large", false),
    VERSION_UNSUPPORTED(505, "Not HTTP/1.1", false),
    NO_ROUTE(503, "no route yet", true),
    TOO_MANY_WAIT(503, "Too many requests wait", true),
    TOO_MUCH_WAITS(503, "Too much waits", true),
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

    /** True for what a server did or did not do. */
    boolean isServers() {
      return status == 502 || status == 504;
    }

    /** As the metric's label. */
    String reason() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  int status() {
    return kind.status;
  }

  static Problem of(Gate.Refusal refusal) {
    return switch (refusal) {
      case NO_ROUTE -> new Problem(Kind.NO_ROUTE, "The proxy has not read the switch in Redis yet");
      case TOO_MANY_WAIT ->
          new Problem(
              Kind.TOO_MANY_WAIT,
              "The application is being moved, and as many requests wait as may");
      case TOO_MUCH_WAITS ->
          new Problem(
              Kind.TOO_MUCH_WAITS,
              "The application is being moved, and what waits takes all the memory it may");
      case HELD_TOO_LONG ->
          new Problem(
              Kind.HELD_TOO_LONG,
              "The application is being moved, and that takes longer than a request may wait");
    };
  }

  static Problem bodyTooLarge() {
    return new Problem(Kind.BODY_TOO_LARGE, "monkey.limits.max-body is the limit");
  }

  static Problem bodyTooSlow() {
    return new Problem(Kind.BODY_TOO_SLOW, "monkey.limits.min-body-rate is the limit");
  }

  static Problem bodyStopped(Duration after) {
    return new Problem(Kind.REQUEST_TIMEOUT, "Nothing more of the body for " + after);
  }

  static Problem noResponse(Duration after) {
    return new Problem(Kind.RESPONSE_TIMEOUT, "Nothing from the server for " + after);
  }

  static Problem noConnection(ServerName server) {
    return new Problem(Kind.UNREACHABLE, "%s: no connection became free in time".formatted(server));
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
        .set(HttpHeaderNames.DATE, DateFormatter.format(new Date()))
        .setInt(HttpHeaderNames.CONTENT_LENGTH, json.length);
    if (kind.status == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, MaxForwards.METHODS);
    }
    if (kind.later) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
    }
    return response;
  }
}
